// What the present transaction has written to tables, as the server counts it for its statistics: all that
// goes through a table's access method, whoever does it. What a subtransaction counted goes when it is rolled
// back, and belongs to the one around it when it is released.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "access/xact.h"
#include "pgstat.h"
#include "utils/pgstat_internal.h"
}

namespace pg_tenant::pg {

inline Oid relation_of(const PgStat_TableXactStatus *writes) {
#if PG_VERSION_NUM >= 160000
	return writes->parent->id;
#else
	return writes->parent->t_id;
#endif
}

// Calls with each table that was written, at each level of subtransactions. Whether the table was emptied or
// dropped there says that its numbers tell nothing.
template <typename Call> void for_each_table_written(Call call) {
	for (const PgStat_SubXactStatus *level = pgstat_get_xact_stack_level(GetCurrentTransactionNestLevel());
		 level != nullptr; level = level->prev) {
		for (const PgStat_TableXactStatus *writes = level->first; writes != nullptr; writes = writes->next)
			call(*writes);
	}
}

} // namespace pg_tenant::pg
