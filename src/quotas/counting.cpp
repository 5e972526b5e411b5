#include "quotas/counting.hpp"

#include <algorithm>

#include "context/frame.hpp"
#include "isolation/catalog.hpp"
#include "isolation/protect.hpp"
#include "pg/scoped.hpp"
#include "pg/spi.hpp"
#include "quotas/changes.hpp"
#include "quotas/size.hpp"
#include "registry/relations.hpp"

extern "C" {
#include "access/table.h"
#include "access/xact.h"
#include "executor/spi.h"
#include "storage/lmgr.h"
#include "storage/lock.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
}

namespace pg_tenant::quotas {
namespace {

// Advisory locks of users have 1 or 2 there.
constexpr uint16 kLockClass = 0x7171;

bool counts_foreign_rows = false;

LOCKTAG tag_of(const core::TenantId &tenant) {
	LOCKTAG tag;
	SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, tenant.hash, 0, kLockClass);
	return tag;
}

// All that commits later, it does not see; all that committed before has been added.
Snapshot take_snapshot(const core::TenantId &tenant, const Key &key, Mark *mark) {
	// What this transaction has written is seen, and subtracted.
	CommandCounterIncrement();
	const LOCKTAG tag = tag_of(tenant);
	(void)LockAcquire(&tag, ExclusiveLock, false, false);
	*mark = begin_count(key);
	Snapshot snapshot = RegisterSnapshot(GetLatestSnapshot());
	(void)LockRelease(&tag, ExclusiveLock, false);
	return snapshot;
}

const char *rows_of(const core::TenantId &tenant, Oid table) {
	const registry::Protection protection = registry::protection_of(table);
	if (protection.column == InvalidAttrNumber || !isolation::fits_column(tenant, protection.type))
		return nullptr;
	return psprintf("FROM %s x WHERE x.%s OPERATOR(pg_catalog.=) %s", pg::qualified_name(table),
					quote_identifier(get_attname(table, protection.column, false)),
					pg::literal(protection.type, tenant.text));
}

Oid owner_of(Oid table) {
	Relation opened = table_open(table, AccessShareLock);
	const Oid owner = opened->rd_rel->relowner;
	table_close(opened, NoLock);
	return owner;
}

template <typename Call> void as_owner_of(Oid table, Call call) {
	pg::as_role(owner_of(table), SECURITY_NOFORCE_RLS | SECURITY_RESTRICTED_OPERATION,
				[&] { context::with_all_tenants(call); });
}

int64 count_rows(const core::TenantId &tenant, Oid table) {
	const char *rows = rows_of(tenant, table);
	int64 count = 0;
	if (rows != nullptr)
		as_owner_of(table, [&] { count = pg::query_number("SELECT pg_catalog.count(*) %s", rows); });
	return count;
}

// Part by part, since their rows differ in size.
int64 count_bytes_of(const core::TenantId &tenant, Oid table) {
	const char *rows = rows_of(tenant, table);
	if (rows == nullptr)
		return 0;
	as_owner_of(table, [&] {
		(void)pg::query_number("SELECT pg_catalog.count(*), x.tableoid %s GROUP BY x.tableoid", rows);
	});
	int64 bytes = 0;
	SPITupleTable *found = SPI_tuptable;
	for (uint64 i = 0; i < found->numvals; i++) {
		bool is_null;
		const int64 count = DatumGetInt64(SPI_getbinval(found->vals[i], found->tupdesc, 1, &is_null));
		const Oid part = DatumGetObjectId(SPI_getbinval(found->vals[i], found->tupdesc, 2, &is_null));
		bytes += bytes_of_rows(part, count);
	}
	return bytes;
}

int64 count_bytes(const core::TenantId &tenant) {
	int64 bytes = 0;
	ListCell *cell;
	foreach (cell, counted_tables())
		bytes += count_bytes_of(tenant, lfirst_oid(cell));
	return bytes;
}

bool has_foreign_rows(Oid table) {
	for (const Change *change = changes; change != nullptr; change = change->next) {
		if (change->is_nobodys && (table == InvalidOid || change->table == table))
			return true;
	}
	return false;
}

bool count_once(const core::TenantId &tenant, Oid table) {
	const Key key = key_of(tenant, table);
	Mark mark;
	Snapshot snapshot = take_snapshot(tenant, key, &mark);
	PushActiveSnapshot(snapshot);
	pg::begin_sql();
	const int64 seen = table == InvalidOid ? count_bytes(tenant) : count_rows(tenant, table);
	pg::end_sql();
	PopActiveSnapshot();
	UnregisterSnapshot(snapshot);
	counts_foreign_rows = counts_foreign_rows || has_foreign_rows(table);
	return end_count(key, mark, seen - own_amount(tenant, table));
}

} // namespace

void hold_tenant(const core::TenantId &tenant) {
	const LOCKTAG tag = tag_of(tenant);
	(void)LockAcquire(&tag, ShareLock, false, false);
}

void release_tenant(const core::TenantId &tenant) {
	const LOCKTAG tag = tag_of(tenant);
	(void)LockRelease(&tag, ShareLock, false);
}

int64 own_amount(const core::TenantId &tenant, Oid table) {
	int64 amount = 0;
	for_each_change(tenant, [&](const Change *change) {
		if (table == InvalidOid)
			amount += bytes_of_rows(change->relation, change->rows);
		else if (change->table == table)
			amount += change->rows;
	});
	return amount;
}

int64 unchecked_amount(const core::TenantId &tenant, Oid table) {
	int64 amount = 0;
	for_each_change(tenant, [&](const Change *change) {
		if (table == InvalidOid)
			amount += bytes_of_rows(change->relation, change->unchecked);
		else if (change->table == table)
			amount += change->unchecked;
	});
	return amount;
}

Count known_count(const core::TenantId &tenant, Oid table) {
	const Key key = key_of(tenant, table);
	Count count;
	while (!find(key, &count))
		(void)count_once(tenant, table);
	return count;
}

void recount(const core::TenantId &tenant, Oid table) {
	while (!count_once(tenant, table))
		CHECK_FOR_INTERRUPTS();
}

List *counted_tables() {
	List *tables = NIL;
	isolation::as_registry(
		[] { (void)pg::query_number("SELECT p.tbl::pg_catalog.oid FROM tenant.protected_tables p"); });
	SPITupleTable *found = SPI_tuptable;
	for (uint64 i = 0; i < found->numvals; i++) {
		bool is_null;
		const Oid relation = DatumGetObjectId(SPI_getbinval(found->vals[i], found->tupdesc, 1, &is_null));
		const Oid table = table_of(relation);
		if (OidIsValid(table))
			tables = list_append_unique_oid(tables, table);
	}
	return tables;
}

bool is_counted_with_foreign_rows() { return counts_foreign_rows; }

void forget_foreign_rows() { counts_foreign_rows = false; }

} // namespace pg_tenant::quotas
