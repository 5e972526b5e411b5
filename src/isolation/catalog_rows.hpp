// Queries of the catalogs and of our views of them, between pg::begin_sql() and pg::end_sql(). All may raise.
#pragma once

#include "isolation/catalog.hpp"
#include "pg/scoped.hpp"

extern "C" {
#include "executor/spi.h"
#include "utils/snapmgr.h"
}

namespace pg_tenant::isolation {

// Queries of the catalogs as they are now, whatever the transaction's snapshot, and whoever asks: the views
// are their owner's.
template <typename Call> void with_catalogs(Call call) {
	PushActiveSnapshot(GetLatestSnapshot());
	pg::as_role(extension_owner(), 0, call);
	PopActiveSnapshot();
}

// Runs a query and calls with each row: values are asked of it by the number of their column. What the call
// does may run other queries.
template <typename Visit> void visit_rows(const char *query, bool read_only, Visit visit) {
	int result = 0;
	with_catalogs([&] { result = SPI_execute(query, read_only, 0); });
	if (result < 0)
		elog(ERROR, "SPI_execute failed: %s", SPI_result_code_string(result));
	SPITupleTable *rows = SPI_tuptable;
	const uint64 count = SPI_processed;
	for (uint64 i = 0; i < count; i++)
		visit([rows, i](int column) {
			bool is_null;
			return SPI_getbinval(rows->vals[i], rows->tupdesc, column, &is_null);
		});
}

} // namespace pg_tenant::isolation
