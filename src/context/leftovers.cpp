#include "context/leftovers.hpp"

#include "context/frame.hpp"
#include "context/portals.hpp"
#include "context/settings.hpp"

extern "C" {
#include "access/xact.h"
#include "catalog/namespace.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
}

namespace pg_tenant::context {
namespace {

// Who was here before a transaction or savepoint changed that; in the transaction's memory.
struct Change {
	Change *next;
	int nest_level;
	BoundTenant former;
};

// Whose statements ran last.
BoundTenant occupant;
Change *changes = nullptr;

// What was not made by the occupant, but by a tenant that was set in the middle of a command.
struct Temporary {
	Oid relation;
	BoundTenant maker;
};
List *temporaries = NIL;

const Temporary *find_temporary(Oid relation) {
	ListCell *cell;
	foreach (cell, temporaries) {
		auto *temporary = static_cast<const Temporary *>(lfirst(cell));
		if (temporary->relation == relation)
			return temporary;
	}
	return nullptr;
}

const BoundTenant &maker_of(Oid relation) {
	const Temporary *temporary = find_temporary(relation);
	return temporary == nullptr ? occupant : temporary->maker;
}

// Not when they are dropped, which may be rolled back: at the next cleaning.
void forget_dropped_temporaries() {
	ListCell *cell;
	foreach (cell, temporaries) {
		auto *temporary = static_cast<Temporary *>(lfirst(cell));
		if (get_rel_relkind(temporary->relation) == '\0') {
			temporaries = foreach_delete_current(temporaries, cell);
			pfree(temporary);
		}
	}
}

bool is_temporary(Oid relation) {
	Relation opened = RelationIdGetRelation(relation);
	if (!RelationIsValid(opened))
		return false;
	const bool is_temporary = opened->rd_rel->relpersistence == RELPERSISTENCE_TEMP;
	RelationClose(opened);
	return is_temporary;
}

void undo_changes(int level) {
	while (changes != nullptr && changes->nest_level >= level) {
		occupant = changes->former;
		changes = changes->next;
	}
}

void set_occupant(const core::TenantId *tenant) {
	auto *change = static_cast<Change *>(MemoryContextAlloc(TopTransactionContext, sizeof(Change)));
	change->next = changes;
	change->nest_level = GetCurrentTransactionNestLevel();
	change->former = occupant;
	changes = change;
	bind_tenant(&occupant, tenant);
}

void subtransaction_ended(SubXactEvent event, SubTransactionId, SubTransactionId, void *) {
	const int level = GetCurrentTransactionNestLevel();
	if (event == SUBXACT_EVENT_ABORT_SUB)
		undo_changes(level);
	else if (event == SUBXACT_EVENT_COMMIT_SUB) {
		for (Change *change = changes; change != nullptr && change->nest_level >= level;
			 change = change->next)
			change->nest_level = level - 1;
	}
}

void transaction_ended(XactEvent event, void *) {
	if (event == XACT_EVENT_ABORT)
		undo_changes(0);
	if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT || event == XACT_EVENT_PREPARE)
		changes = nullptr;
}

} // namespace

bool has_leftovers() { return clean_on_switch && occupant.is_set && !is_live_tenant(occupant); }

void note_temporary(Oid relation) {
	// What the occupant makes needs no note, unless one is left of what had that number before.
	const bool is_occupants = is_live_tenant(occupant) && find_temporary(relation) == nullptr;
	if (!clean_on_switch || is_occupants || !is_temporary(relation))
		return;
	MemoryContext outer = MemoryContextSwitchTo(TopMemoryContext);
	auto *temporary = static_cast<Temporary *>(palloc(sizeof(Temporary)));
	temporary->relation = relation;
	bind_tenant(&temporary->maker, live_tenant());
	// In front of what had that number before.
	temporaries = lcons(temporary, temporaries);
	MemoryContextSwitchTo(outer);
}

bool is_foreign_temporary(Oid relation) {
	if (get_rel_persistence(relation) != RELPERSISTENCE_TEMP)
		return false;
	const BoundTenant &maker = maker_of(relation);
	return maker.is_set && !is_live_tenant(maker);
}

void clean_leftovers() {
	if (!clean_on_switch || is_live_tenant(occupant))
		return;
	if (has_leftovers()) {
		forget_dropped_temporaries();
		close_foreign_cursors();
		ResetTempTableNamespace();
		CommandCounterIncrement();
	}
	set_occupant(live_tenant());
}

void watch_leftovers() {
	RegisterXactCallback(transaction_ended, nullptr);
	RegisterSubXactCallback(subtransaction_ended, nullptr);
}

} // namespace pg_tenant::context
