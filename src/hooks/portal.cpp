// A cursor belongs to the tenant that opened it. One declared WITH HOLD is read from a store after its
// transaction and passes no executor then, so FETCH and MOVE are checked here.
#include "hooks/hooks.hpp"

#include "context/portals.hpp"
#include "context/settings.hpp"
#include "pg/error.hpp"

extern "C" {
#include "utils/builtins.h"
#include "utils/portal.h"
}

namespace pg_tenant::hooks {
namespace {

// Before the portal is touched: a refusal by the executor would leave it unusable for its owner too.
void require_owner(const FetchStmt *fetch) {
	Portal portal = GetPortalByName(fetch->portalname);
	const context::Frame *frame = PortalIsValid(portal) ? context::frame_of_portal(portal) : nullptr;
	if (frame != nullptr && !context::is_live_tenant(*frame))
		refuse_portal(fetch->portalname);
}

} // namespace

void refuse_portal(const char *name) {
	ereport(ERROR,
			(errcode(ERRCODE_TENANT_CHANGED), errmsg("cursor \"%s\" was opened by another tenant", name),
			 errhint("CLOSE %s;", quote_identifier(name))));
}

void process_utility(PlannedStmt *statement, const char *text, bool read_only_tree,
					 ProcessUtilityContext context, ParamListInfo parameters, QueryEnvironment *environment,
					 DestReceiver *receiver, QueryCompletion *completion) {
	const Node *utility = statement->utilityStmt;
	if (IsA(utility, FetchStmt))
		require_owner(reinterpret_cast<const FetchStmt *>(utility));
	// They may bring rows of a protected table into their own portal's store, through another portal.
	if (IsA(utility, FetchStmt) || IsA(utility, ExecuteStmt) || IsA(utility, CallStmt))
		context::note_portal_owner(context::live_tenant());
	previous.process_utility(statement, text, read_only_tree, context, parameters, environment, receiver,
							 completion);
}

} // namespace pg_tenant::hooks
