#include "quotas/statement.hpp"

#include <algorithm>
#include <cstring>

#include "context/settings.hpp"
#include "limits/rules.hpp"
#include "pg/error.hpp"
#include "quotas/counting.hpp"
#include "quotas/refusals.hpp"

extern "C" {
#include "access/parallel.h"
#include "access/xact.h"
#include "nodes/pg_list.h"
#include "pgstat.h"
#include "utils/memutils.h"
}

namespace pg_tenant::quotas {

const core::TenantId *writer = nullptr;

namespace {

// What this transaction will do to the numbers that all share when it ends; in its memory.
struct Ending {
	bool is_prepared; // it is about to commit
	bool was_in_use;  // when it was
	bool is_unknown;  // whose rows are how many
	List *tables;     // with rows of several tenants
	Addition *additions;
	int count;
};
Ending ending = {};

Level level_of(const core::TenantId &tenant, Oid table, int64 own, int64 added, int64 limit) {
	const Count count = known_count(tenant, table);
	return {tenant, table, count.value + count.reserved + own, added, limit};
}

void check(const core::TenantId &tenant, Oid table, int64 limit) {
	const int64 added = limit == 0 ? 0 : unchecked_amount(tenant, table);
	if (added <= 0)
		return;
	const Level level = level_of(tenant, table, own_amount(tenant, table), added, limit);
	if (level.used > limit)
		refuse(level);
	note_level(level, true);
}

void require_counting(const core::TenantId &tenant) {
	if (!pgstat_track_counts)
		ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
						errmsg("tenant \"%s\" has a quota, which cannot be kept", tenant.text),
						errdetail("What is written is not counted while \"track_counts\" is off."),
						errhint("SET track_counts = on;")));
}

List *tables_of(const core::TenantId &tenant) {
	List *tables = NIL;
	for_each_change(tenant,
					[&](const Change *change) { tables = list_append_unique_oid(tables, change->table); });
	return tables;
}

void add_addition(const core::TenantId &tenant, Oid table, int64 limit) {
	const int64 amount = own_amount(tenant, table);
	if (amount != 0)
		ending.additions[ending.count++] = {key_of(tenant, table), amount, limit, 0, limit > 0};
}

bool is_first_of(const Change *change) {
	const Change *first = changes;
	while (first->is_nobodys || !(first->tenant == change->tenant))
		first = first->next;
	return first == change;
}

template <typename Call> void for_each_tenant(Call call) {
	for (const Change *change = changes; change != nullptr; change = change->next) {
		if (!change->is_nobodys && is_first_of(change))
			call(change->tenant);
	}
}

void collect_additions() {
	int most = 0;
	for (const Change *change = changes; change != nullptr; change = change->next)
		most += 2;
	ending.additions = static_cast<Addition *>(
		MemoryContextAlloc(TopTransactionContext, static_cast<Size>(most + 1) * sizeof(Addition)));
	ending.count = 0;
	for_each_tenant([](const core::TenantId &tenant) {
		const limits::Quota quota = limits::find_quota(tenant);
		ListCell *cell;
		foreach (cell, tables_of(tenant))
			add_addition(tenant, lfirst_oid(cell), quota.table_rows);
		add_addition(tenant, InvalidOid, quota.bytes);
	});
}

void collect_foreign_tables() {
	for (const Change *change = changes; change != nullptr; change = change->next) {
		if (change->is_nobodys)
			ending.tables = list_append_unique_oid(ending.tables, change->table);
	}
}

// In one order, so that no two wait for each other.
template <typename Call> void for_each_kept_tenant(Call call) {
	const core::TenantId *last = nullptr;
	for (;;) {
		const core::TenantId *next = nullptr;
		for_each_tenant([&](const core::TenantId &tenant) {
			const bool is_kept =
				std::any_of(ending.additions, ending.additions + ending.count, [&](const Addition &addition) {
					return addition.is_kept && strcmp(addition.key.id, tenant.text) == 0;
				});
			if (is_kept && (last == nullptr || tenant.hash > last->hash) &&
				(next == nullptr || tenant.hash < next->hash))
				next = &tenant;
		});
		if (next == nullptr)
			return;
		call(*next);
		last = next;
	}
}

const core::TenantId &tenant_of(const Addition &addition) {
	const Change *change = changes;
	while (change->is_nobodys || strcmp(change->tenant.text, addition.key.id) != 0)
		change = change->next;
	return change->tenant;
}

// What it adds must still fit, or be counted again, with nothing held.
void reserve_all() {
	for (;;) {
		for_each_kept_tenant(hold_tenant);
		const Addition *failed = reserve(ending.additions, ending.count);
		if (failed == nullptr)
			return;
		for_each_kept_tenant(release_tenant);
		const Level level =
			level_of(tenant_of(*failed), failed->key.relation, failed->amount, failed->amount, failed->limit);
		if (level.used > level.limit)
			refuse(level);
		CHECK_FOR_INTERRUPTS();
	}
}

void prepare_to_commit() {
	ending.was_in_use = is_in_use();
	ending.is_prepared = TransactionIdIsValid(GetTopTransactionIdIfAny());
	if (!ending.was_in_use || !ending.is_prepared)
		return;
	settle(nullptr);
	MemoryContext outer = MemoryContextSwitchTo(TopTransactionContext);
	collect_foreign_tables();
	MemoryContextSwitchTo(outer);
	collect_additions();
	reserve_all();
}

// The transaction ends in some session, after a crash maybe: nobody could keep the numbers.
void require_no_quota() {
	if (!is_in_use())
		return;
	settle(nullptr);
	for_each_tenant([](const core::TenantId &tenant) {
		const limits::Quota quota = limits::find_quota(tenant);
		if (quota.table_rows > 0 || quota.bytes > 0)
			ereport(ERROR,
					(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					 errmsg("cannot prepare a transaction that has written for tenant \"%s\"", tenant.text),
					 errdetail("The tenant has a quota."), errhint("COMMIT;")));
	});
}

void forget_tables_written() {
	ListCell *cell;
	foreach (cell, ending.tables)
		forget_table(lfirst_oid(cell));
}

void committed() {
	if (!is_in_use())
		return;
	for (int i = 0; i < ending.count; i++)
		add(ending.additions[i]);
	forget_tables_written();
	// Somebody has begun to count while this transaction was about to commit.
	if (ending.is_unknown || (ending.is_prepared && !ending.was_in_use) || is_counted_with_foreign_rows())
		forget_database();
}

void aborted() {
	for (int i = 0; i < ending.count; i++)
		give_back(ending.additions[i]);
	if (is_counted_with_foreign_rows())
		forget_database();
}

void forget_all() {
	ending = {};
	changes = nullptr;
	forget_foreign_rows();
}

void transaction_ended(XactEvent event, void *) {
	switch (event) {
	case XACT_EVENT_PRE_COMMIT:
		prepare_to_commit();
		break;
	case XACT_EVENT_PRE_PREPARE:
		require_no_quota();
		break;
	case XACT_EVENT_COMMIT:
		committed();
		forget_all();
		break;
	case XACT_EVENT_ABORT:
		aborted();
		forget_all();
		break;
	case XACT_EVENT_PREPARE:
		forget_all();
		break;
	default:
		break;
	}
}

} // namespace

bool is_watched(const core::TenantId *tenant) {
	if (is_in_use())
		return true;
	if (tenant == nullptr || !is_in_force())
		return false;
	const limits::Quota quota = limits::find_quota(*tenant);
	if (quota.table_rows == 0 && quota.bytes == 0)
		return false;
	begin_use();
	return true;
}

void require_room(const core::TenantId *tenant) {
	if (tenant == nullptr || !is_in_use())
		return;
	const limits::Quota quota = limits::find_quota(*tenant);
	if (quota.table_rows == 0 && quota.bytes == 0)
		return;
	require_counting(*tenant);
	ListCell *cell;
	foreach (cell, tables_of(*tenant))
		check(*tenant, lfirst_oid(cell), quota.table_rows);
	check(*tenant, InvalidOid, quota.bytes);
	for_each_change(*tenant, [](Change *change) { change->unchecked = 0; });
}

void note_unknown() { ending.is_unknown = is_in_use(); }

void watch_transactions() {
	watch_changes();
	RegisterXactCallback(transaction_ended, nullptr);
}

} // namespace pg_tenant::quotas
