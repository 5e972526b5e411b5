// Rows of the extension's own tables, found by their primary key.
#pragma once

#include "pg/compat.hpp"

extern "C" {
#include "access/genam.h"
#include "access/parallel.h"
#include "access/table.h"
#include "access/xact.h"
#include "utils/snapmgr.h"
}

namespace pg_tenant::registry {

// A relation of schema tenant; InvalidOid where there is none.
Oid own_relation(const char *name);

// Calls with each row whose leading key columns equal these, and its descriptor, until a call returns true;
// false if none does.
// Newer than the transaction's own snapshot: a REPEATABLE READ session must see that its tenant was
// suspended. A parallel plan's leader checked when the statement began, and may take no new snapshot.
template <typename Call> bool search_rows(Oid relation, ScanKeyData *keys, int count, Call call) {
	Relation table = table_open(relation, AccessShareLock);
	Snapshot snapshot = RegisterSnapshot(IsInParallelMode() ? GetActiveSnapshot() : GetLatestSnapshot());
	SysScanDesc scan = systable_beginscan(table, pg::primary_key_index(table), true, snapshot, count, keys);
	bool is_found = false;
	HeapTuple tuple;
	while (!is_found && HeapTupleIsValid(tuple = systable_getnext(scan)))
		is_found = call(tuple, RelationGetDescr(table));
	systable_endscan(scan);
	UnregisterSnapshot(snapshot);
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
