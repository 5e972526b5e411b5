#include "hooks/trail.hpp"

#include <cstring>

#include "events/audit.hpp"
#include "events/writes.hpp"
#include "isolation/boundary.hpp"
#include "isolation/catalog.hpp"
#include "pg/spi.hpp"
#include "registry/relations.hpp"
#include "stats/all_tenants.hpp"

extern "C" {
#include "access/xact.h"
#include "catalog/namespace.h"
#include "commands/extension.h"
#include "commands/policy.h"
#include "nodes/makefuncs.h"
#include "tcop/cmdtag.h"
#include "utils/lsyscache.h"
#include "utils/rls.h"
}

namespace pg_tenant::hooks {
namespace {

using events::Write;

bool copies_from(const Node *utility) {
	return IsA(utility, CopyStmt) && reinterpret_cast<const CopyStmt *>(utility)->is_from;
}

bool is_part_of_any(Oid table, const List *tables) {
	ListCell *cell;
	foreach (cell, isolation::parents_of(table)) {
		if (list_member_oid(tables, lfirst_oid(cell)))
			return true;
	}
	return false;
}

// A part goes with the table that was named. How many rows TRUNCATE removes nobody knows.
void note_written(const Node *utility, const List *targets) {
	const bool is_truncate = IsA(utility, TruncateStmt);
	if (!is_truncate && !copies_from(utility))
		return;
	ListCell *cell;
	foreach (cell, targets) {
		if (!is_part_of_any(lfirst_oid(cell), targets))
			events::note_write(lfirst_oid(cell), is_truncate ? Write::kTruncate : Write::kCopy);
	}
}

const char *protected_name(const RangeVar *table) {
	const Oid relation = table == nullptr ? InvalidOid : RangeVarGetRelid(table, NoLock, true);
	return OidIsValid(relation) && registry::is_protected(relation) ? pg::qualified_name(relation) : nullptr;
}

// protect() makes these two, and pg_restore brings them back.
bool is_own_policy(const char *name) {
	return strcmp(name, registry::kIsolationPolicy) == 0 || strcmp(name, registry::kRowsPolicy) == 0;
}

const char *force_of(const AlterTableStmt *statement) {
	ListCell *cell;
	foreach (cell, statement->cmds) {
		switch (static_cast<const AlterTableCmd *>(lfirst(cell))->subtype) {
		case AT_DisableRowSecurity:
			return "DISABLE ROW LEVEL SECURITY";
		case AT_NoForceRowSecurity:
			return "NO FORCE ROW LEVEL SECURITY";
		default:
			break;
		}
	}
	return nullptr;
}

void set_change(Trail *trail, const RangeVar *table, const char *policy) {
	trail->changed = protected_name(table);
	trail->policy = trail->changed == nullptr ? nullptr : pstrdup(policy);
}

// Of a policy or a column that is named with its table.
const RangeVar *table_of(List *name) {
	return makeRangeVarFromNameList(list_truncate(list_copy(name), list_length(name) - 1));
}

// Nobody is asked for any right to drop one that is not there, IF EXISTS.
void find_dropped_policy(Trail *trail, const DropStmt *drop) {
	List *name = linitial_node(List, drop->objects);
	const Oid relation = RangeVarGetRelid(table_of(name), NoLock, true);
	if (OidIsValid(relation) && OidIsValid(get_relation_policy_oid(relation, strVal(llast(name)), true)))
		set_change(trail, table_of(name), strVal(llast(name)));
}

void find_change(Trail *trail, const Node *utility) {
	if (IsA(utility, CreatePolicyStmt)) {
		auto *created = reinterpret_cast<const CreatePolicyStmt *>(utility);
		// A restore, under row_security = off, brings them in any order; none opens a table to other tenants.
		if (row_security && !is_own_policy(created->policy_name))
			set_change(trail, created->table, created->policy_name);
	} else if (IsA(utility, AlterPolicyStmt)) {
		auto *altered = reinterpret_cast<const AlterPolicyStmt *>(utility);
		set_change(trail, altered->table, altered->policy_name);
	} else if (IsA(utility, RenameStmt)) {
		auto *renamed = reinterpret_cast<const RenameStmt *>(utility);
		if (renamed->renameType == OBJECT_POLICY)
			set_change(trail, renamed->relation, renamed->subname);
	} else if (IsA(utility, DropStmt)) {
		auto *drop = reinterpret_cast<const DropStmt *>(utility);
		if (drop->removeType == OBJECT_POLICY)
			find_dropped_policy(trail, drop);
	} else if (IsA(utility, SecLabelStmt)) {
		auto *labelled = reinterpret_cast<const SecLabelStmt *>(utility);
		if (labelled->objtype == OBJECT_COLUMN && labelled->provider != nullptr &&
			strcmp(labelled->provider, registry::kLabelProvider) == 0)
			set_change(trail, table_of(castNode(List, labelled->object)), registry::kLabelProvider);
	} else if (IsA(utility, AlterTableStmt)) {
		auto *altered = reinterpret_cast<const AlterTableStmt *>(utility);
		const char *force = force_of(altered);
		if (force != nullptr)
			trail->changed = protected_name(altered->relation);
		if (trail->changed != nullptr)
			trail->command = force;
	}
}

void record_lost(const List *tables, const char *command) {
	ListCell *cell;
	foreach (cell, tables) {
		const char *table = static_cast<const char *>(lfirst(cell));
		const pg::Member details[] = {{"command", command, false}};
		events::record_of_table("protection_lost", table, details);
	}
}

} // namespace

Trail begin_trail(const Node *utility, bool is_confined) {
	Trail trail = {};
	if (IsBinaryUpgrade)
		return trail;
	trail.command = GetCommandTagName(CreateCommandTag(const_cast<Node *>(utility)));
	trail.is_copy_from = copies_from(utility);
	if (!is_confined) {
		trail.seen_whole = isolation::protected_targets(utility);
		note_written(utility, trail.seen_whole);
	}
	if (!isolation::protection_may_change)
		find_change(&trail, utility);
	return trail;
}

void end_trail(const Trail &trail, const QueryCompletion *completion) {
	if (trail.seen_whole != NIL)
		stats::note_all_tenants(linitial_oid(trail.seen_whole));
	if (trail.seen_whole != NIL && trail.is_copy_from && completion != nullptr)
		events::note_written_rows(linitial_oid(trail.seen_whole), Write::kCopy, completion->nprocessed);
	if (trail.command == nullptr || !IsTransactionState())
		return;
	const List *lost = isolation::take_lost_protection();
	// DROP EXTENSION takes the trail away, and leaves the schema.
	if ((trail.changed == nullptr && lost == NIL) || !OidIsValid(get_extension_oid("pg_tenant", true)))
		return;
	if (trail.changed != nullptr) {
		const pg::Member details[] = {{"command", trail.command, false}, {"policy", trail.policy, false}};
		events::record_of_table("policies_changed", trail.changed, details);
	}
	record_lost(lost, trail.command);
}

} // namespace pg_tenant::hooks
