// A statement's way through the executor: refused without a tenant in good standing, confined to one tenant
// from its start to its end.
#include "hooks/hooks.hpp"

#include "context/frame.hpp"
#include "context/portals.hpp"
#include "context/settings.hpp"
#include "pg/error.hpp"
#include "registry/relations.hpp"
#include "registry/require.hpp"

extern "C" {
#include "access/parallel.h"
#include "tcop/pquery.h"
#include "utils/acl.h"
#include "utils/guc.h"
#include "utils/inval.h"
#include "utils/rls.h"
#include "utils/portal.h"
}

namespace pg_tenant::hooks {

using context::Frame;
using context::with_frame;

namespace {

// ri_triggers.c runs its queries as the table's owner with policies off, and so would everything that they
// call, such as a row trigger that a cascade fires: for those the flag is taken away.
template <typename Call> void with_policies_on(Call call) {
	Oid user;
	int flags;
	GetUserIdAndSecContext(&user, &flags);
	PG_TRY();
	{
		SetUserIdAndSecContext(user, flags & ~SECURITY_NOFORCE_RLS);
		call();
	}
	PG_FINALLY();
	{ SetUserIdAndSecContext(user, flags); }
	PG_END_TRY();
}

// Runs a later phase of a query in the frame that it was started with.
template <typename Call> void in_own_frame(QueryDesc *query, Call call) {
	Frame *frame = context::find_frame(query);
	if (frame != nullptr && frame->is_integrity_query)
		with_policies_on(call);
	else if (frame == context::current_frame)
		call();
	else
		with_frame(frame, call);
}

// Only under row_security = off does a role that may bypass policies see all tenants. What counts is the role
// that the session acts as: a SECURITY DEFINER function owned by a superuser lends nobody this right.
bool sees_all_tenants() {
	const bool is_granted = context::all_tenants_granted;
	context::all_tenants_granted = false;
	return is_granted || (!row_security && has_bypassrls_privilege(GetOuterUserId()));
}

// A missing tenant shows nothing only where the policies filter the statement.
bool is_filtered() { return !has_bypassrls_privilege(GetUserId()); }

void start_unprotected(QueryDesc *query, int flags) {
	if (context::current_frame == nullptr)
		previous.executor_start(query, flags);
	else
		with_frame(nullptr, [&] { previous.executor_start(query, flags); });
}

void start_in_frame(QueryDesc *query, int flags, const core::TenantId *tenant) {
	Frame *frame = context::open_frame(query, tenant);
	with_frame(frame, [&] { previous.executor_start(query, flags); });
	context::attach_frame(frame);
}

void start_integrity_query(QueryDesc *query, int flags) {
	Frame *frame = context::open_frame(query, context::statement_tenant());
	frame->is_integrity_query = true;
	previous.executor_start(query, flags);
	context::attach_frame(frame);
}

// Only a portal can be left and come back to; what a portal's query calls is in the middle of a statement.
bool is_portal_query(const QueryDesc *query) {
	return ActivePortal != nullptr && ActivePortal->queryDesc == query;
}

// Also when a cursor WITH HOLD is stored at commit: the server has rewound it by then, under the present
// tenant.
void require_same_tenant(const QueryDesc *query) {
	const Frame *frame = context::find_frame(query);
	if (frame != nullptr && is_portal_query(query) && !context::is_live_tenant(*frame))
		refuse_portal(ActivePortal->name);
}

} // namespace

void executor_start(QueryDesc *query, int flags) {
	context::statement_unchecked = false;
	if (IsBinaryUpgrade) {
		previous.executor_start(query, flags);
		return;
	}
	if (InNoForceRLSOperation()) {
		start_integrity_query(query, flags);
		return;
	}
	// What other sessions committed before this statement holds for it, though its plan may be an old one.
	AcceptInvalidationMessages();
	const bool is_unconfined = sees_all_tenants();
	const registry::ProtectedUse use = registry::protected_use(query->plannedstmt);
	if (!OidIsValid(use.any) || is_unconfined) {
		start_unprotected(query, flags);
		return;
	}
	const core::TenantId *tenant = context::live_tenant();
	// The leader of a parallel worker has checked already; the worker's setting is the leader's.
	if (!IsParallelWorker()) {
		registry::require_for_use(tenant, use, is_filtered());
		context::note_portal_owner(tenant);
	}
	start_in_frame(query, flags, tenant);
}

void executor_run(EXECUTOR_RUN_PARAMETERS) {
	require_same_tenant(query);
	in_own_frame(query, [&] { previous.executor_run(EXECUTOR_RUN_ARGUMENTS); });
}

void executor_finish(QueryDesc *query) {
	in_own_frame(query, [&] { previous.executor_finish(query); });
}

} // namespace pg_tenant::hooks
