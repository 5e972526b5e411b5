// A cursor belongs to the tenant that opened it. One declared WITH HOLD is read from a store after its
// transaction and passes no executor then, so FETCH and MOVE are checked here.
#include "hooks/hooks.hpp"

#include "context/frame.hpp"
#include "pg/error.hpp"
#include "pg/list.hpp"

extern "C" {
#include "tcop/pquery.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/portal.h"
}

namespace pg_tenant::hooks {
namespace {

// The frame of a portal that is to outlive its transaction, in the portal's own memory and forgotten with it.
struct Owner {
	dlist_node node;
	MemoryContextCallback forget;
	Portal portal;
	context::Frame *frame;
};

dlist_head owners = DLIST_STATIC_INIT(owners);

Owner *find_owner(Portal portal) {
	return pg::find_in<Owner>(&owners, [portal](const Owner *owner) { return owner->portal == portal; });
}

void forget_owner(void *owner) { dlist_delete(&static_cast<Owner *>(owner)->node); }

const context::Frame *frame_of(Portal portal) {
	const Owner *owner = find_owner(portal);
	return owner != nullptr ? owner->frame : context::find_frame(portal->queryDesc);
}

// Before the portal is touched: a refusal by the executor would leave it unusable for its owner too.
void require_owner(const FetchStmt *fetch) {
	Portal portal = GetPortalByName(fetch->portalname);
	const context::Frame *frame = PortalIsValid(portal) ? frame_of(portal) : nullptr;
	if (frame != nullptr && !context::is_live_tenant(*frame))
		refuse_portal(fetch->portalname);
}

} // namespace

void refuse_portal(const char *name) {
	ereport(ERROR,
			(errcode(ERRCODE_TENANT_CHANGED), errmsg("cursor \"%s\" was opened by another tenant", name),
			 errhint("CLOSE %s;", quote_identifier(name))));
}

void note_portal_owner(const core::TenantId *tenant) {
	// Only what is declared to outlive its transaction; the others have the executor's frame.
	if (ActivePortal == nullptr || (ActivePortal->cursorOptions & CURSOR_OPT_HOLD) == 0 ||
		find_owner(ActivePortal) != nullptr)
		return;
	MemoryContext outer = MemoryContextSwitchTo(ActivePortal->portalContext);
	auto *owner = static_cast<Owner *>(palloc(sizeof(Owner)));
	owner->portal = ActivePortal;
	owner->frame = context::open_frame(nullptr, tenant);
	owner->forget.func = forget_owner;
	owner->forget.arg = owner;
	MemoryContextSwitchTo(outer);
	dlist_push_head(&owners, &owner->node);
	MemoryContextRegisterResetCallback(ActivePortal->portalContext, &owner->forget);
}

void process_utility(PlannedStmt *statement, const char *text, bool read_only_tree,
					 ProcessUtilityContext context, ParamListInfo parameters, QueryEnvironment *environment,
					 DestReceiver *receiver, QueryCompletion *completion) {
	if (IsA(statement->utilityStmt, FetchStmt))
		require_owner(reinterpret_cast<FetchStmt *>(statement->utilityStmt));
	previous.process_utility(statement, text, read_only_tree, context, parameters, environment, receiver,
							 completion);
}

} // namespace pg_tenant::hooks
