#include "pg/statement.hpp"

extern "C" {
#include "access/xact.h"
#include "tcop/dest.h"
#include "tcop/pquery.h"
#include "tcop/tcopprot.h"
#include "utils/memutils.h"
#include "utils/portal.h"
#include "utils/snapmgr.h"
}

namespace pg_tenant::pg {
namespace {

void run_portal(Portal portal) {
#if PG_VERSION_NUM >= 180000
	(void)PortalRun(portal, FETCH_ALL, true, None_Receiver, None_Receiver, nullptr);
#else
	(void)PortalRun(portal, FETCH_ALL, true, true, None_Receiver, None_Receiver, nullptr);
#endif
}

} // namespace

void run_statement(const char *text) {
	SetCurrentStatementStartTimestamp();
	debug_query_string = text;
	StartTransactionCommand();
	Portal portal = CreatePortal("", true, true);
	portal->visible = false;
	// What outlives the transactions that the statement ends.
	MemoryContext outer = MemoryContextSwitchTo(portal->portalContext);
	PushActiveSnapshot(GetTransactionSnapshot());
	List *queries = pg_analyze_and_rewrite_fixedparams(linitial_node(RawStmt, pg_parse_query(text)), text,
													   nullptr, 0, nullptr);
	List *plans = pg_plan_queries(queries, text, 0, nullptr);
	PopActiveSnapshot();
	PortalDefineQuery(portal, nullptr, text, CMDTAG_CALL, plans, nullptr);
	PortalStart(portal, nullptr, 0, InvalidSnapshot);
	MemoryContextSwitchTo(outer);
	run_portal(portal);
	PortalDrop(portal, false);
	CommitTransactionCommand();
	debug_query_string = nullptr;
}

} // namespace pg_tenant::pg
