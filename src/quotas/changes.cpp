#include "quotas/changes.hpp"

#include "isolation/catalog.hpp"
#include "pg/hash.hpp"
#include "pg/table_writes.hpp"
#include "registry/relations.hpp"
#include "registry/require.hpp"

extern "C" {
#include "access/transam.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
}

namespace pg_tenant::quotas {

Change *changes = nullptr;

namespace {

struct Part {
	Oid relation;
	Oid table;
};
HTAB *parts = nullptr;
uint64 messages = 0;

Oid find_table(Oid relation) {
	if (!registry::is_protected(relation) || registry::needs_label(get_rel_relkind(relation)))
		return InvalidOid;
	Oid table = relation;
	ListCell *cell;
	foreach (cell, isolation::parents_of(relation)) {
		if (registry::is_protected(lfirst_oid(cell)))
			table = lfirst_oid(cell);
	}
	return table;
}

bool is_of(const Change *change, int nest_level, Oid relation) {
	return change->nest_level == nest_level && change->relation == relation;
}

bool is_same_owner(const Change *change, const core::TenantId *tenant) {
	return change->is_nobodys ? tenant == nullptr : tenant != nullptr && change->tenant == *tenant;
}

Change *change_of(int nest_level, Oid relation, Oid table, const core::TenantId *tenant) {
	for (Change *change = changes; change != nullptr; change = change->next) {
		if (is_of(change, nest_level, relation) && is_same_owner(change, tenant))
			return change;
	}
	auto *change = static_cast<Change *>(MemoryContextAllocZero(TopTransactionContext, sizeof(Change)));
	change->next = changes;
	change->nest_level = nest_level;
	change->relation = relation;
	change->table = table;
	change->is_nobodys = tenant == nullptr;
	if (tenant != nullptr)
		change->tenant = *tenant;
	changes = change;
	return change;
}

void settle_table(const PgStat_TableXactStatus &writes, const core::TenantId *tenant) {
	const Oid relation = pg::relation_of(&writes);
	const Oid table = table_of(relation);
	if (!OidIsValid(table))
		return;
	int64 total = writes.tuples_inserted + writes.tuples_updated + writes.tuples_deleted;
	int64 rows = writes.tuples_inserted - writes.tuples_deleted;
	if (writes.truncdropped) {
		change_of(writes.nest_level, relation, table, nullptr)->writes = 1;
		return;
	}
	for (const Change *change = changes; change != nullptr; change = change->next) {
		if (is_of(change, writes.nest_level, relation)) {
			total -= change->writes;
			rows -= change->rows;
		}
	}
	if (total == 0 && rows == 0)
		return;
	Change *change = change_of(writes.nest_level, relation, table, tenant);
	change->writes += total;
	change->rows += rows;
	change->unchecked += rows;
}

void drop_from(int level) {
	for (Change **at = &changes; *at != nullptr;) {
		Change *change = *at;
		if (change->nest_level < level) {
			at = &change->next;
			continue;
		}
		*at = change->next;
		pfree(change);
	}
}

Change *same_change_below(const Change *of) {
	for (Change *change = changes; change != nullptr; change = change->next) {
		if (is_of(change, of->nest_level - 1, of->relation) &&
			is_same_owner(change, of->is_nobodys ? nullptr : &of->tenant))
			return change;
	}
	return nullptr;
}

void hand_down(int level) {
	for (Change *change = changes; change != nullptr; change = change->next) {
		if (change->nest_level < level)
			continue;
		Change *below = same_change_below(change);
		if (below == nullptr) {
			change->nest_level = level - 1;
			continue;
		}
		below->writes += change->writes;
		below->rows += change->rows;
		below->unchecked += change->unchecked;
	}
	drop_from(level);
}

void subtransaction_ended(SubXactEvent event, SubTransactionId, SubTransactionId, void *) {
	if (changes == nullptr)
		return;
	if (event == SUBXACT_EVENT_ABORT_SUB)
		drop_from(GetCurrentTransactionNestLevel());
	else if (event == SUBXACT_EVENT_COMMIT_SUB)
		hand_down(GetCurrentTransactionNestLevel());
}

} // namespace

Oid table_of(Oid relation) {
	if (relation < FirstNormalObjectId)
		return InvalidOid;
	if (parts == nullptr)
		parts = pg::make_hash_table<Oid, Part>("pg_tenant parts", 64, CacheMemoryContext);
	auto *found = static_cast<Part *>(hash_search(parts, &relation, HASH_FIND, nullptr));
	if (found != nullptr)
		return found->table;
	uint64 seen;
	Oid table;
	do {
		seen = messages;
		table = find_table(relation);
	} while (seen != messages);
	if (parts == nullptr)
		parts = pg::make_hash_table<Oid, Part>("pg_tenant parts", 64, CacheMemoryContext);
	static_cast<Part *>(hash_search(parts, &relation, HASH_ENTER, nullptr))->table = table;
	return table;
}

void forget_tables(Oid relation) {
	messages++;
	if (parts == nullptr)
		return;
	if (OidIsValid(relation) && hash_search(parts, &relation, HASH_FIND, nullptr) == nullptr)
		return;
	hash_destroy(parts);
	parts = nullptr;
}

void settle(const core::TenantId *tenant) {
	// A tenant that is purged, or filled from a template, has no statement of its own.
	const core::TenantId *owner = tenant == nullptr ? registry::purged_tenant : tenant;
	pg::for_each_table_written([&](const PgStat_TableXactStatus &writes) { settle_table(writes, owner); });
}

void watch_changes() { RegisterSubXactCallback(subtransaction_ended, nullptr); }

} // namespace pg_tenant::quotas
