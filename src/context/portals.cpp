#include "context/portals.hpp"

#include "pg/list.hpp"

extern "C" {
#include "tcop/pquery.h"
#include "utils/memutils.h"
}

namespace pg_tenant::context {
namespace {

// In the portal's own memory, and forgotten with it.
struct Owner {
	dlist_node node;
	MemoryContextCallback forget;
	Portal portal;
	Frame *frame;
	bool is_locked;
};

dlist_head owners = DLIST_STATIC_INIT(owners);

Owner *find_owner(Portal portal) {
	return pg::find_in<Owner>(&owners, [portal](const Owner *owner) { return owner->portal == portal; });
}

void forget_owner(void *owner) { dlist_delete(&static_cast<Owner *>(owner)->node); }

bool will_store(Portal portal) {
	return (portal->cursorOptions & CURSOR_OPT_HOLD) != 0 || portal->strategy == PORTAL_ONE_RETURNING ||
		   portal->strategy == PORTAL_ONE_MOD_WITH || portal->strategy == PORTAL_UTIL_SELECT;
}

// The server refuses to run a portal that has failed (55000), and asks nobody else before it sends stored
// rows.
void update_lock(Owner *owner) {
	const bool is_foreign = !is_live_tenant(*owner->frame);
	if (is_foreign && owner->portal->holdStore != nullptr && owner->portal->status == PORTAL_READY) {
		owner->portal->status = PORTAL_FAILED;
		owner->is_locked = true;
	} else if (!is_foreign && owner->is_locked) {
		owner->portal->status = PORTAL_READY;
		owner->is_locked = false;
	}
}

} // namespace

void note_portal_owner(const core::TenantId *tenant) {
	if (ActivePortal == nullptr || !will_store(ActivePortal) || find_owner(ActivePortal) != nullptr)
		return;
	MemoryContext outer = MemoryContextSwitchTo(ActivePortal->portalContext);
	auto *owner = static_cast<Owner *>(palloc(sizeof(Owner)));
	owner->portal = ActivePortal;
	owner->frame = open_frame(nullptr, tenant);
	owner->is_locked = false;
	owner->forget.func = forget_owner;
	owner->forget.arg = owner;
	MemoryContextSwitchTo(outer);
	dlist_push_head(&owners, &owner->node);
	MemoryContextRegisterResetCallback(ActivePortal->portalContext, &owner->forget);
}

const Frame *frame_of_portal(Portal portal) {
	const Owner *owner = find_owner(portal);
	return owner != nullptr ? owner->frame : find_frame(portal->queryDesc);
}

void lock_foreign_portals() {
	pg::find_in<Owner>(&owners, [](Owner *owner) {
		update_lock(owner);
		return false;
	});
}

} // namespace pg_tenant::context
