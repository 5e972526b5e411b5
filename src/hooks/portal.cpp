// A cursor belongs to the tenant that opened it. One declared WITH HOLD is read from a store after its
// transaction and passes no executor then, so FETCH and MOVE are checked here.
#include "hooks/hooks.hpp"

#include <cstring>

#include "context/settings.hpp"
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

// Lives in the portal's own memory and is forgotten with it.
struct Owner {
	dlist_node node;
	MemoryContextCallback forget;
	Portal portal;
	bool has_tenant;
	core::TenantId tenant;
};

dlist_head owners = DLIST_STATIC_INIT(owners);

Owner *find_owner(Portal portal) {
	return pg::find_in<Owner>(&owners, [portal](const Owner *owner) { return owner->portal == portal; });
}

void forget_owner(void *owner) { dlist_delete(&static_cast<Owner *>(owner)->node); }

void require_owner(const FetchStmt *fetch) {
	Portal portal = GetPortalByName(fetch->portalname);
	const Owner *owner = PortalIsValid(portal) ? find_owner(portal) : nullptr;
	if (owner == nullptr)
		return;
	const core::TenantId *tenant = context::live_tenant();
	const bool is_owner =
		owner->has_tenant ? tenant != nullptr && *tenant == owner->tenant : tenant == nullptr;
	if (!is_owner)
		ereport(ERROR, (errcode(ERRCODE_TENANT_CHANGED),
						errmsg("cursor \"%s\" was opened by another tenant", fetch->portalname),
						errhint("CLOSE %s;", quote_identifier(fetch->portalname))));
}

} // namespace

void note_portal_owner(const core::TenantId *tenant) {
	// Only what is declared to outlive its transaction; the executor guards all others.
	if (ActivePortal == nullptr || (ActivePortal->cursorOptions & CURSOR_OPT_HOLD) == 0 ||
		find_owner(ActivePortal) != nullptr)
		return;
	auto *owner = static_cast<Owner *>(MemoryContextAlloc(ActivePortal->portalContext, sizeof(Owner)));
	owner->portal = ActivePortal;
	owner->has_tenant = tenant != nullptr;
	if (tenant != nullptr)
		owner->tenant = *tenant;
	owner->forget.func = forget_owner;
	owner->forget.arg = owner;
	dlist_push_head(&owners, &owner->node);
	MemoryContextRegisterResetCallback(ActivePortal->portalContext, &owner->forget);
}

void process_utility(PlannedStmt *statement, const char *text, bool read_only_tree, ProcessUtilityContext context,
					 ParamListInfo parameters, QueryEnvironment *environment, DestReceiver *receiver,
					 QueryCompletion *completion) {
	if (IsA(statement->utilityStmt, FetchStmt))
		require_owner(reinterpret_cast<FetchStmt *>(statement->utilityStmt));
	previous.process_utility(statement, text, read_only_tree, context, parameters, environment, receiver,
							 completion);
}

} // namespace pg_tenant::hooks
