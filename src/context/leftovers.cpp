#include "context/leftovers.hpp"

#include "context/frame.hpp"
#include "context/portals.hpp"
#include "context/settings.hpp"

extern "C" {
#include "access/xact.h"
#include "catalog/namespace.h"
#include "utils/memutils.h"
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

void clean_leftovers() {
	if (!clean_on_switch || is_live_tenant(occupant))
		return;
	if (has_leftovers()) {
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
