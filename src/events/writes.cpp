#include "events/writes.hpp"

#include <type_traits>

#include "events/audit.hpp"
#include "pg/hash.hpp"
#include "pg/spi.hpp"
#include "registry/relations.hpp"

extern "C" {
#include "access/xact.h"
#include "catalog/pg_class_d.h"
#include "commands/extension.h"
#include "miscadmin.h"
#include "nodes/plannodes.h"
#include "parser/parsetree.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
}

namespace pg_tenant::events {
namespace {

struct Key {
	Oid table;
	Oid session_role;
	Oid acting_role;
	Write write;
	int nest_level; // of the subtransaction that has to be committed
};
static_assert(std::has_unique_object_representations_v<Key>);

// Names are those of the first statement: settings and roles may be others when the transaction ends, and the
// table may be gone.
struct Written {
	Key key;
	const char *table;
	Origin origin;
	uint64 statements;
	uint64 rows;
	bool is_counted; // each statement's rows are known
};

// In the transaction's memory; NULL where it has written nothing so.
HTAB *written = nullptr;

// No entry is of a deeper level than this.
int deepest = 0;

constexpr const char *kCommands[] = {"INSERT", "UPDATE", "DELETE", "MERGE", "COPY FROM", "TRUNCATE"};

template <typename Call> void for_each_written(Call call) {
	HASH_SEQ_STATUS scan;
	hash_seq_init(&scan, written);
	while (auto *entry = static_cast<Written *>(hash_seq_search(&scan)))
		call(entry);
}

const char *kept(const char *text) {
	return text == nullptr ? nullptr : MemoryContextStrdup(TopTransactionContext, text);
}

void release(const char *text) {
	if (text != nullptr)
		pfree(const_cast<char *>(text));
}

// A transaction of a million savepoints keeps no more than one of a few.
void drop(const Written *entry) {
	const Origin origin = entry->origin;
	const char *const texts[] = {entry->table,   origin.session_role, origin.acting_role,
								 origin.request, origin.trace,        origin.span};
	(void)hash_search(written, &entry->key, HASH_REMOVE, nullptr);
	for (const char *text : texts)
		release(text);
}

Origin kept_origin() {
	const Origin now = present_origin();
	return {kept(now.session_role), kept(now.acting_role), kept(now.request), kept(now.trace),
			kept(now.span)};
}

Written *entry_of(Oid table, Write write) {
	const Key key = {table, GetSessionUserId(), GetOuterUserId(), write, GetCurrentTransactionNestLevel()};
	if (written == nullptr)
		written =
			pg::make_hash_table<Key, Written>("pg_tenant written for all tenants", 16, TopTransactionContext);
	auto *entry = static_cast<Written *>(hash_search(written, &key, HASH_FIND, nullptr));
	if (entry != nullptr)
		return entry;
	const char *name = kept(pg::qualified_name(table));
	const Origin origin = kept_origin();
	entry = static_cast<Written *>(hash_search(written, &key, HASH_ENTER, nullptr));
	entry->table = name;
	entry->origin = origin;
	entry->statements = entry->rows = 0;
	entry->is_counted = write != Write::kTruncate;
	deepest = Max(deepest, key.nest_level);
	return entry;
}

// What is temporary is the session's own.
bool is_audited(Oid table) {
	return registry::is_protected(table) && get_rel_persistence(table) != RELPERSISTENCE_TEMP;
}

void note(Oid table, Write write, bool is_counted) {
	if (!is_audited(table))
		return;
	Written *entry = entry_of(table, write);
	entry->statements++;
	entry->is_counted = entry->is_counted && is_counted;
}

Write write_of(CmdType command) {
	switch (command) {
	case CMD_UPDATE:
		return Write::kUpdate;
	case CMD_DELETE:
		return Write::kDelete;
	case CMD_MERGE:
		return Write::kMerge;
	default:
		return Write::kInsert;
	}
}

// The tables that a node writes: the one that was named, unless only parts of it are protected.
template <typename Visit> void visit_targets(const ModifyTable *node, const List *range_table, Visit visit) {
	const Oid named = rt_fetch(node->nominalRelation, range_table)->relid;
	if (registry::is_protected(named)) {
		visit(named);
		return;
	}
	ListCell *cell;
	foreach (cell, node->resultRelations)
		visit(rt_fetch(lfirst_int(cell), range_table)->relid);
}

// A query's own target, which comes with a count of rows.
template <typename Visit> void visit_own_targets(const QueryDesc *query, Visit visit) {
	const PlannedStmt *plan = query->plannedstmt;
	if (query->operation != CMD_SELECT && IsA(plan->planTree, ModifyTable))
		visit_targets(reinterpret_cast<const ModifyTable *>(plan->planTree), plan->rtable, visit);
}

void record_written(const Written &entry) {
	const char *rows = entry.is_counted ? psprintf(UINT64_FORMAT, entry.rows) : nullptr;
	const pg::Member details[] = {{"command", kCommands[static_cast<int>(entry.key.write)], false},
								  {"statements", psprintf(UINT64_FORMAT, entry.statements), true},
								  {"rows", rows, true}};
	record_of_table("all_tenants_written", entry.table, details, lengthof(details), entry.origin);
}

// An error ends the transaction: what is not in the trail is not written.
void record_all() {
	// Without the extension there is no trail to write to, though there may be a schema of its name.
	if (!OidIsValid(get_extension_oid("pg_tenant", true)))
		return;
	PushActiveSnapshot(GetTransactionSnapshot());
	for_each_written([](const Written *entry) { record_written(*entry); });
	PopActiveSnapshot();
}

void transaction_ended(XactEvent event, void *) {
	if (written == nullptr)
		return;
	if (event == XACT_EVENT_PRE_COMMIT || event == XACT_EVENT_PRE_PREPARE) {
		record_all();
	} else if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT || event == XACT_EVENT_PREPARE) {
		written = nullptr;
		deepest = 0;
	}
}

// What a subtransaction wrote becomes what the one around it wrote.
void move_up(const Written *entry) {
	Key key = entry->key;
	key.nest_level--;
	bool is_there;
	auto *above = static_cast<Written *>(hash_search(written, &key, HASH_ENTER, &is_there));
	if (is_there) {
		above->statements += entry->statements;
		above->rows += entry->rows;
		above->is_counted = above->is_counted && entry->is_counted;
		drop(entry);
		return;
	}
	above->table = entry->table;
	above->origin = entry->origin;
	above->statements = entry->statements;
	above->rows = entry->rows;
	above->is_counted = entry->is_counted;
	(void)hash_search(written, &entry->key, HASH_REMOVE, nullptr);
}

void subtransaction_ended(SubXactEvent event, SubTransactionId, SubTransactionId, void *) {
	const int level = GetCurrentTransactionNestLevel();
	if (written == nullptr || deepest < level ||
		(event != SUBXACT_EVENT_ABORT_SUB && event != SUBXACT_EVENT_COMMIT_SUB))
		return;
	const bool is_kept = event == SUBXACT_EVENT_COMMIT_SUB;
	for_each_written([level, is_kept](const Written *entry) {
		if (entry->key.nest_level < level)
			return;
		if (is_kept)
			move_up(entry);
		else
			drop(entry);
	});
	deepest = level - 1;
}

} // namespace

void note_write(Oid table, Write write) { note(table, write, true); }

void note_written_rows(Oid table, Write write, uint64 rows) {
	if (is_audited(table))
		entry_of(table, write)->rows += rows;
}

void note_writes(const QueryDesc *query) {
	const PlannedStmt *plan = query->plannedstmt;
	if (query->operation == CMD_SELECT && !plan->hasModifyingCTE)
		return;
	visit_own_targets(query, [query](Oid table) { note(table, write_of(query->operation), true); });
	ListCell *cell;
	foreach (cell, plan->subplans) {
		auto *node = static_cast<const Plan *>(lfirst(cell));
		if (node == nullptr || !IsA(node, ModifyTable))
			continue;
		auto *modification = reinterpret_cast<const ModifyTable *>(node);
		visit_targets(modification, plan->rtable,
					  [modification](Oid table) { note(table, write_of(modification->operation), false); });
	}
}

void note_written_rows(const QueryDesc *query) {
	visit_own_targets(query, [query](Oid table) {
		note_written_rows(table, write_of(query->operation), query->estate->es_processed);
	});
}

void watch_writes() {
	RegisterXactCallback(transaction_ended, nullptr);
	RegisterSubXactCallback(subtransaction_ended, nullptr);
}

} // namespace pg_tenant::events
