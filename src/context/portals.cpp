#include "context/portals.hpp"

#include "context/seal.hpp"
#include "pg/list.hpp"

extern "C" {
#include "access/xact.h"
#include "tcop/pquery.h"
#include "utils/memutils.h"
}

namespace pg_tenant::context {
namespace {

// In the portal's own memory, and forgotten with it. A context below that would be gone once the portal is
// held.
struct Owner {
	dlist_node node;
	MemoryContextCallback forget;
	Portal portal;
	BoundTenant tenant;
	bool is_locked;
};

dlist_head owners = DLIST_STATIC_INIT(owners);

Owner *find_owner(Portal portal) {
	return pg::find_in<Owner>(&owners, [portal](const Owner *owner) { return owner->portal == portal; });
}

void forget_owner(void *owner) { dlist_delete(&static_cast<Owner *>(owner)->node); }

// A procedure's loop is stored when the procedure commits.
bool will_store(Portal portal) {
	return portal->holdStore != nullptr || (portal->cursorOptions & CURSOR_OPT_HOLD) != 0 ||
		   portal->strategy == PORTAL_ONE_RETURNING || portal->strategy == PORTAL_ONE_MOD_WITH ||
		   portal->strategy == PORTAL_UTIL_SELECT;
}

// The server refuses to run a portal that has failed (55000), and asks nobody else before it sends stored
// rows.
void set_lock(Owner *owner, bool is_foreign) {
	if (is_foreign && owner->portal->holdStore != nullptr && owner->portal->status == PORTAL_READY) {
		owner->portal->status = PORTAL_FAILED;
		owner->is_locked = true;
	} else if (!is_foreign && owner->is_locked) {
		owner->portal->status = PORTAL_READY;
		owner->is_locked = false;
	}
}

void update_lock(Owner *owner) {
	set_lock(owner, !is_live_tenant(owner->tenant) ||
						!is_within_seal(owner->tenant.is_set ? &owner->tenant.id : nullptr));
}

void lock_portals_of_all() {
	pg::find_in<Owner>(&owners, [](Owner *owner) {
		if (owner->tenant.is_all)
			set_lock(owner, true);
		return false;
	});
}

void transaction_ended(XactEvent event, void *) {
	if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT || event == XACT_EVENT_PREPARE)
		lock_portals_of_all();
}

void subtransaction_ended(SubXactEvent event, SubTransactionId, SubTransactionId, void *) {
	if (event == SUBXACT_EVENT_ABORT_SUB)
		lock_portals_of_all();
}

} // namespace

void watch_portals() {
	RegisterXactCallback(transaction_ended, nullptr);
	RegisterSubXactCallback(subtransaction_ended, nullptr);
}

void note_portal_owner() {
	if (ActivePortal == nullptr || !will_store(ActivePortal) || find_owner(ActivePortal) != nullptr)
		return;
	auto *owner = static_cast<Owner *>(MemoryContextAlloc(ActivePortal->portalContext, sizeof(Owner)));
	owner->portal = ActivePortal;
	owner->is_locked = false;
	bind_live_tenant(&owner->tenant);
	owner->forget.func = forget_owner;
	owner->forget.arg = owner;
	dlist_push_head(&owners, &owner->node);
	MemoryContextRegisterResetCallback(ActivePortal->portalContext, &owner->forget);
}

const BoundTenant *tenant_of_portal(Portal portal) {
	const Owner *owner = find_owner(portal);
	if (owner != nullptr)
		return &owner->tenant;
	const Frame *frame = find_frame(portal->queryDesc);
	return frame == nullptr ? nullptr : &frame->tenant;
}

void close_foreign_cursors() {
	const auto is_foreign = [](const Owner *owner) {
		const Portal portal = owner->portal;
		return (portal->cursorOptions & CURSOR_OPT_HOLD) != 0 && !portal->portalPinned &&
			   portal->status != PORTAL_ACTIVE && portal != ActivePortal && !is_live_tenant(owner->tenant);
	};
	// Dropping a portal takes its owner off the list.
	while (Owner *owner = pg::find_in<Owner>(&owners, is_foreign))
		PortalDrop(owner->portal, false);
}

void lock_foreign_portals() {
	pg::find_in<Owner>(&owners, [](Owner *owner) {
		update_lock(owner);
		return false;
	});
}

} // namespace pg_tenant::context
