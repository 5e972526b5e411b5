// A statement's way through the executor: refused without a tenant in good standing, confined to one tenant
// from its start to its end.
#include "hooks/hooks.hpp"

#include <cstring>

#include "hooks/leftovers.hpp"
#include "deletion/lock.hpp"
#include "context/deferred.hpp"
#include "context/frame.hpp"
#include "context/portals.hpp"
#include "context/seal.hpp"
#include "context/settings.hpp"
#include "events/writes.hpp"
#include "pg/error.hpp"
#include "hooks/integrity.hpp"
#include "isolation/confine.hpp"
#include "isolation/deleted.hpp"
#include "isolation/details.hpp"
#include "isolation/shared_rows.hpp"
#include "limits/resources.hpp"
#include "limits/result.hpp"
#include "planning/notes.hpp"
#include "planning/patterns.hpp"
#include "quotas/counts.hpp"
#include "quotas/statement.hpp"
#include "registry/grants.hpp"
#include "registry/relations.hpp"
#include "registry/require.hpp"
#include "stats/all_tenants.hpp"
#include "stats/session.hpp"

extern "C" {
#include "access/parallel.h"
#include "access/xact.h"
#include "tcop/pquery.h"
#include "utils/acl.h"
#include "utils/guc.h"
#include "utils/inval.h"
#include "utils/plancache.h"
#include "utils/rls.h"
#include "utils/portal.h"
}

namespace pg_tenant::hooks {

using context::Frame;
using context::with_frame;

namespace {

// Runs a later phase of a query in the frame that it was started with.
template <typename Call> void in_own_frame(QueryDesc *query, Call call) {
	Frame *frame = context::find_frame(query);
	if (frame != nullptr && frame->tenant.is_all)
		frame = nullptr;
	if (frame == context::current_frame)
		call();
	else if (frame == nullptr)
		with_frame(frame, call);
	else if (!frame->is_integrity_query && !InNoForceRLSOperation())
		with_frame(frame, call, isolation::raise_without_detail);
	else if (!frame->is_integrity_query)
		with_policies_on([&] { with_frame(frame, call, isolation::raise_without_detail); });
	else if (may_see_all_tenants())
		with_policies_on(call);
	else
		with_policies_on(call, isolation::raise_without_detail);
}

bool take_grant() {
	const bool is_granted = context::all_tenants_granted;
	context::all_tenants_granted = false;
	return is_granted;
}

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

// It has a frame to be known by, and works in none. The relation is a protected one that it uses, or
// InvalidOid.
void start_for_all_tenants(QueryDesc *query, int flags, Oid relation) {
	context::note_portal_owner();
	Frame *frame = context::open_frame(query, nullptr);
	context::bind_live_tenant(&frame->tenant);
	start_unprotected(query, flags);
	context::attach_frame(frame);
	if ((flags & EXEC_FLAG_EXPLAIN_ONLY) != 0 || !OidIsValid(relation))
		return;
	stats::note_all_tenants(relation);
	events::note_writes(query);
}

void start_integrity_query(QueryDesc *query, int flags) {
	Frame *frame = context::open_frame(query, context::statement_tenant());
	frame->is_integrity_query = true;
	with_policies_on([&] { previous.executor_start(query, flags); });
	context::attach_frame(frame);
}

// The portal that runs now runs this query, rather than one that calls it.
bool is_portal_query(const QueryDesc *query) {
	return ActivePortal != nullptr && ActivePortal->queryDesc == query;
}

// A statement that is no portal's own has its end in executor_finish(), after its triggers.
limits::Part part_to_run(const QueryDesc *query) {
	if (!is_portal_query(query))
		return limits::Part::kFirst;
	return ActivePortal->atStart ? limits::Part::kWhole : limits::Part::kMore;
}

// What a portal's query calls is in the middle of a statement, which a switch does not change, unless the
// portal was left meanwhile. A cursor WITH HOLD is stored at commit: the server has rewound it by then, under
// the present tenant.
void require_same_tenant(const QueryDesc *query) {
	Frame *frame = context::find_frame(query);
	if (frame == nullptr || frame->is_integrity_query)
		return;
	const bool is_resumed = context::resume_frame(frame);
	if (!is_resumed && !is_portal_query(query))
		return;
	if (frame->tenant.is_all)
		follow_confinement();
	if (!context::is_live_tenant(frame->tenant))
		refuse_portal(ActivePortal == nullptr ? "" : ActivePortal->name, frame->tenant);
	if (frame->tenant.is_all)
		return;
	context::require_within_seal(context::live_tenant());
	context::note_portal_owner();
	if (is_resumed) {
		AcceptInvalidationMessages();
		registry::require_to_resume(frame->tenant);
	}
}

// The backstop for plans that were cached, or made before this library was loaded.
void require_plan(const QueryDesc *query, bool is_unconfined) {
	const isolation::PlanKind kind = isolation::kind_of_plan(query->plannedstmt);
	if (IsParallelWorker() || (kind == isolation::PlanKind::kUnconfined) == is_unconfined)
		return;
	ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
					errmsg("this statement was planned %s tenant", is_unconfined ? "for one" : "without a"),
					errhint("DISCARD PLANS;")));
}

// A plan of one use may hold a tenant, and a plan may rely on parameters.
void require_plan_for(const QueryDesc *query, const core::TenantId *tenant) {
	const char *planned = planning::tenant_of_plan(query->plannedstmt);
	if (planned != nullptr && (tenant == nullptr || strcmp(planned, tenant->text) != 0))
		ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
						errmsg("this statement was planned for another tenant"),
						errdetail("The tenant was changed while it was planned."),
						errhint("Run the statement again.")));
	planning::require_valid_patterns(planning::patterns_of_plan(query->plannedstmt), query->params);
}

// The query that a leader sends to its workers, rather than one that a function runs there.
bool is_leaders_query(const QueryDesc *query) {
	return IsParallelWorker() && query->dest->mydest == DestTupleQueue;
}

void start_for_use(QueryDesc *query, int flags, const registry::ProtectedUse &use, bool is_granted) {
	const bool is_unconfined = is_granted || may_see_all_tenants();
	if (OidIsValid(use.any))
		require_plan(query, is_unconfined);
	if (!is_unconfined && !is_leaders_query(query))
		isolation::require_no_shared_rows(query->plannedstmt);
	if (is_unconfined && !is_granted && !IsParallelWorker() &&
		(OidIsValid(use.any) || isolation::reads_shared_rows(query->plannedstmt))) {
		start_for_all_tenants(query, flags, use.any);
		return;
	}
	if (!OidIsValid(use.any) || is_unconfined) {
		start_unprotected(query, flags);
		return;
	}
	const core::TenantId *tenant = context::live_tenant();
	// The leader has checked already, and its setting is the worker's.
	if (!is_leaders_query(query)) {
		// Without a portal, a transaction's deferred triggers may be running.
		if (ActivePortal == nullptr)
			context::require_own_deferred_triggers();
		registry::require_for_use(tenant, use);
		context::note_portal_owner();
		require_plan_for(query, tenant);
	}
	start_in_frame(query, flags, tenant);
}

void start_checked(QueryDesc *query, int flags, bool is_granted) {
	clean_before_query(query);
	// What other sessions committed before this statement holds for it, though its plan may be an old one.
	AcceptInvalidationMessages();
	registry::ProtectedUse use = registry::protected_use(query->plannedstmt);
	if (unlikely(use.soft_deletes) && !is_granted && !IsParallelWorker()) {
		query->plannedstmt = planning::plan_for_sight(query->plannedstmt);
		use = registry::protected_use(query->plannedstmt);
	}
	start_for_use(query, flags, use, is_granted);
}

// A DELETE that marks rows is one still, and so is a MERGE an update.
stats::Counter kind_of(const QueryDesc *query) {
	switch (query->operation) {
	case CMD_INSERT:
		return stats::kInserts;
	case CMD_DELETE:
		return stats::kDeletes;
	case CMD_UPDATE:
	case CMD_MERGE:
		return is_portal_query(query) && ActivePortal->commandTag == CMDTAG_DELETE ? stats::kDeletes
																				   : stats::kUpdates;
	default:
		return stats::kSelects;
	}
}

void count_run(const QueryDesc *query) {
	const uint64 rows = query->estate->es_processed;
	if (query->operation == CMD_SELECT && !query->plannedstmt->hasModifyingCTE)
		stats::end_statement(stats::kSelects, rows);
	else
		stats::pause_statement(query, kind_of(query), rows);
}

// What a cascade writes belongs to the statement that it is of.
const core::TenantId *writer_of(const QueryDesc *query) {
	const Frame *frame = context::find_frame(query);
	if (frame != nullptr && frame->is_integrity_query)
		return quotas::writer;
	return frame != nullptr && frame->tenant.is_set ? &frame->tenant.id : nullptr;
}

template <typename Call> void run_writing(QueryDesc *query, Call call) {
	if (quotas::writes(query))
		quotas::write_for(writer_of(query), [&] { in_own_frame(query, call); });
	else
		in_own_frame(query, call);
}

// Not a cascade: what it is of is looked at.
void require_room(const QueryDesc *query) {
	if (!quotas::writes(query) || !quotas::is_in_use())
		return;
	const core::TenantId *tenant = writer_of(query);
	if (tenant != nullptr && tenant != quotas::writer)
		quotas::require_room(tenant);
}

} // namespace

bool may_see_all_tenants() {
	if (likely(row_security && context::confine_bypass_roles))
		return false;
	// In an aborted transaction no catalog may be read to tell who bypasses policies.
	return context::sealed_tenant() == nullptr && !context::require_signed && IsTransactionState() &&
		   has_bypassrls_privilege(GetOuterUserId()) && !registry::is_session_bound();
}

void follow_confinement() {
	if (!IsTransactionState())
		return;
	context::publish_seal();
	const bool sees_all_tenants = may_see_all_tenants();
	if (sees_all_tenants == context::sees_all_tenants)
		return;
	context::sees_all_tenants = sees_all_tenants;
	ResetPlanCache();
	context::lock_foreign_portals();
}

void executor_start(QueryDesc *query, int flags) {
	context::statement_unchecked = false;
	follow_confinement();
	if (IsBinaryUpgrade) {
		previous.executor_start(query, flags);
		return;
	}
	stats::begin_tenant();
	limits::begin_query();
	const bool is_granted = take_grant();
	if (InNoForceRLSOperation() && isolation::holds_confined(query->plannedstmt)) {
		// What a rule added to a query that sees all rows.
		with_policies_on([&] { start_checked(query, flags, false); });
	} else if (InNoForceRLSOperation()) {
		start_integrity_query(query, flags);
		if (is_granted)
			isolation::drop_deletion_triggers(query);
	} else {
		start_checked(query, flags, is_granted);
	}
	deletion::note_writer(query);
	if (unlikely(query->plannedstmt->parallelModeNeeded))
		limits::lower_workers(query);
}

void executor_run(EXECUTOR_RUN_PARAMETERS) {
	require_same_tenant(query);
	if (is_portal_query(query))
		refuse_foreign_temporaries(query);
	const bool is_clients = is_portal_query(query) || limits::is_top_level();
	const uint64 before = is_portal_query(query) ? ActivePortal->portalPos : 0;
	limits::run_limited(part_to_run(query), [&] {
		const bool is_counted = stats::begin_statement();
		limits::with_counted_rows(query, is_clients, before, [&] {
			inside_statement(
				[&] { run_writing(query, [&] { previous.executor_run(EXECUTOR_RUN_ARGUMENTS); }); });
		});
		if (is_counted)
			count_run(query);
	});
}

void executor_finish(QueryDesc *query) {
	limits::run_limited(limits::Part::kLast, [&] {
		const bool is_counted = stats::resume_statement(query);
		inside_statement([&] { run_writing(query, [&] { previous.executor_finish(query); }); });
		require_room(query);
		if (is_counted)
			stats::finish_statement();
	});
	const Frame *frame = context::find_frame(query);
	if (frame != nullptr && !frame->tenant.is_all)
		context::note_deferred_keys(*frame);
	else if (frame != nullptr && !frame->is_integrity_query)
		events::note_written_rows(query);
	if (frame != nullptr && !frame->is_integrity_query && !frame->tenant.is_all) {
		context::note_deferred_triggers(*frame);
		forget_explained_counts(query);
	}
	// For portals that are run next: set_config() passes no other hook.
	follow_confinement();
}

} // namespace pg_tenant::hooks
