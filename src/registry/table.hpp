// Rows of the extension's own tables, found by their primary key.
#pragma once

#include "pg/compat.hpp"

extern "C" {
#include "access/genam.h"
#include "access/table.h"
}

namespace pg_tenant::registry {

// A relation of schema tenant; InvalidOid where there is none.
Oid own_relation(const char *name);

// Calls with each row whose leading key columns equal these, and its descriptor, until a call returns true;
// false if none does.
// The snapshot is a catalog's, a new one each time, also in parallel workers: a REPEATABLE READ session must
// see that its tenant was suspended.
template <typename Call> bool search_rows(Oid relation, ScanKeyData *keys, int count, Call call) {
	Relation table = table_open(relation, AccessShareLock);
	SysScanDesc scan = systable_beginscan(table, pg::primary_key_index(table), true, nullptr, count, keys);
	bool is_found = false;
	HeapTuple tuple;
	while (!is_found && HeapTupleIsValid(tuple = systable_getnext(scan)))
		is_found = call(tuple, RelationGetDescr(table));
	systable_endscan(scan);
	table_close(table, AccessShareLock);
	return is_found;
}

// Calls with the first of them; false if there is none.
template <typename Call> bool find_row(Oid relation, ScanKeyData *keys, int count, Call call) {
	return search_rows(relation, keys, count, [&](HeapTuple tuple, TupleDesc descriptor) {
		call(tuple, descriptor);
		return true;
	});
}

} // namespace pg_tenant::registry
