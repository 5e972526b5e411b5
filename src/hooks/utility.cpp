// Commands that pass no executor. A cursor belongs to the tenant that opened it: one declared WITH HOLD is
// read from a store after its transaction, so FETCH and MOVE are checked here. Deferred triggers run for the
// tenant that wrote the rows, or not at all. A partition is not detached by a check that sees one tenant.
#include "hooks/hooks.hpp"
#include "hooks/leftovers.hpp"
#include "hooks/trail.hpp"

#include "context/deferred.hpp"
#include "context/portals.hpp"
#include "context/settings.hpp"
#include "deletion/follow.hpp"
#include "deletion/enable.hpp"
#include "events/number.hpp"
#include "isolation/boundary.hpp"
#include "isolation/copy.hpp"
#include "isolation/deleted.hpp"
#include "isolation/details.hpp"
#include "isolation/keys.hpp"
#include "isolation/shared_rows.hpp"
#include "limits/statement.hpp"
#include "pg/error.hpp"
#include "pg/scoped.hpp"
#include "quotas/statement.hpp"
#include "registry/require.hpp"
#include "stats/session.hpp"

extern "C" {
#include "access/xact.h"
#include "catalog/namespace.h"
#include "commands/extension.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/portal.h"
#include "utils/rls.h"
}

namespace pg_tenant::hooks {
namespace {

// Before the portal is touched: a refusal by the executor would leave it unusable for its owner too.
void require_owner(const FetchStmt *fetch) {
	Portal portal = GetPortalByName(fetch->portalname);
	// What the last transaction's end locked may be the session's still.
	context::lock_foreign_portals();
	const context::BoundTenant *owner = PortalIsValid(portal) ? context::tenant_of_portal(portal) : nullptr;
	if (owner == nullptr)
		return;
	if (!context::is_live_tenant(*owner))
		refuse_portal(fetch->portalname, *owner);
	AcceptInvalidationMessages();
	registry::require_to_resume(*owner);
}

bool ends_transaction(const Node *utility) {
	if (!IsA(utility, TransactionStmt) || IsAbortedTransactionBlockState())
		return false;
	const auto kind = reinterpret_cast<const TransactionStmt *>(utility)->kind;
	if (kind == TRANS_STMT_PREPARE)
		events::note_prepare();
	return kind == TRANS_STMT_COMMIT || kind == TRANS_STMT_PREPARE;
}

bool fires_all_triggers(const Node *utility) {
	if (!IsA(utility, ConstraintsSetStmt))
		return false;
	auto *statement = reinterpret_cast<const ConstraintsSetStmt *>(utility);
	return statement->constraints == NIL && !statement->deferred;
}

// The server looks for rows that reference the partition with a query that policies filter: it would find one
// tenant's, and leave the others' pointing nowhere; or live ones alone, and leave the deleted ones so.
void require_no_detached_key(const AlterTableStmt *statement) {
	ListCell *cell;
	foreach (cell, statement->cmds) {
		if (static_cast<AlterTableCmd *>(lfirst(cell))->subtype != AT_DetachPartition ||
			may_see_all_tenants())
			continue;
		const Oid table = RangeVarGetRelid(statement->relation, NoLock, true);
		if (!OidIsValid(table))
			continue;
		if (isolation::is_referenced_by(table, registry::is_protected))
			ereport(ERROR,
					(errcode(ERRCODE_TENANT_BOUNDARY),
					 errmsg("cannot detach a partition of \"%s\", which a protected table references",
							get_rel_name(table)),
					 errdetail("The check for rows that reference it would see one tenant only."),
					 errhint("As a role that may bypass row-level security: SET row_security = off;")));
		if (isolation::wanted_sight() != isolation::Sight::kAll &&
			isolation::is_referenced_by(table, registry::is_soft_deleted))
			ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
							errmsg("cannot detach a partition of \"%s\" while deleted rows are hidden",
								   get_rel_name(table)),
							errdetail("The check for rows that reference it would not see them."),
							errhint("SET app.include_deleted = on;")));
	}
}

// Rows come to another table, or from one that this command attaches.
bool moves_parts(const Node *utility) {
	if (!IsA(utility, AlterTableStmt))
		return false;
	ListCell *cell;
	foreach (cell, reinterpret_cast<const AlterTableStmt *>(utility)->cmds) {
		switch (static_cast<AlterTableCmd *>(lfirst(cell))->subtype) {
		case AT_AttachPartition:
		case AT_DetachPartition:
		case AT_DetachPartitionFinalize:
		case AT_AddInherit:
		case AT_DropInherit:
			return true;
		default:
			break;
		}
	}
	return false;
}

// Whether nobody has counted what the command stores.
bool changes_quotas(const Node *utility) {
	return moves_parts(utility) ||
		   (IsA(utility, TransactionStmt) &&
			reinterpret_cast<const TransactionStmt *>(utility)->kind == TRANS_STMT_COMMIT_PREPARED);
}

void make_way_for_parents(const AlterTableStmt *statement) {
	ListCell *cell;
	foreach (cell, statement->cmds) {
		auto *command = static_cast<AlterTableCmd *>(lfirst(cell));
		if (command->subtype != AT_AttachPartition)
			continue;
		const Oid part = RangeVarGetRelid(reinterpret_cast<PartitionCmd *>(command->def)->name, NoLock, true);
		const Oid parent = RangeVarGetRelid(statement->relation, NoLock, true);
		if (OidIsValid(part) && OidIsValid(parent))
			deletion::make_way_for_parent(part, parent);
	}
}

// What would reach other tenants is refused here; what may open a table is returned, to be looked at
// afterwards.
const List *guard(const Node *utility) {
	if (IsA(utility, AlterTableStmt)) {
		require_no_detached_key(reinterpret_cast<const AlterTableStmt *>(utility));
		isolation::require_same_remote_column(reinterpret_cast<const AlterTableStmt *>(utility));
	}
	if (IsA(utility, CreateTrigStmt))
		deletion::require_own_trigger(reinterpret_cast<const CreateTrigStmt *>(utility));
	if (IsA(utility, AlterDomainStmt))
		isolation::require_own_domain(reinterpret_cast<const AlterDomainStmt *>(utility));
	if (IsA(utility, TruncateStmt))
		isolation::require_truncatable(reinterpret_cast<const TruncateStmt *>(utility));
	if (IsA(utility, RefreshMatViewStmt))
		isolation::require_refreshable(reinterpret_cast<const RefreshMatViewStmt *>(utility));
	return isolation::relations_at_stake(utility);
}

void run_confined(UtilityCall *call) {
	const Node *utility = call->statement->utilityStmt;
	if (IsA(utility, ExplainStmt)) {
		run_explain(call);
		return;
	}
	auto *copy = IsA(utility, CopyStmt) ? reinterpret_cast<const CopyStmt *>(utility) : nullptr;
	const Oid table = copy != nullptr && copy->is_from ? isolation::protected_target(copy) : InvalidOid;
	if (OidIsValid(table)) {
		run_copy_from(*call, table);
		return;
	}
	call->run();
}

void run_as_planned(UtilityCall *call, bool is_confined) {
	if (is_confined)
		pg::catching([&] { run_confined(call); }, isolation::raise_without_detail);
	else
		call->run();
}

// A restore adds foreign keys in no order, under row_security = off.
void run(UtilityCall *call, bool is_confined) {
	if (row_security || !IsA(call->statement->utilityStmt, AlterTableStmt))
		run_as_planned(call, is_confined);
	else
		pg::with_value(&deletion::any_row_may_be_referenced, true,
					   [&] { run_as_planned(call, is_confined); });
}

PlannedStmt *statement_to_run(PlannedStmt *statement, bool is_confined) {
	const Node *utility = statement->utilityStmt;
	if (IsBinaryUpgrade || !IsA(utility, CopyStmt) || reinterpret_cast<const CopyStmt *>(utility)->is_from)
		return statement;
	PlannedStmt *query = isolation::copy_to_as_query(statement, is_confined);
	return query == nullptr ? statement : query;
}

// What must not be kept from ending a transaction, and what does no work.
bool is_limited(const Node *utility) {
	switch (nodeTag(utility)) {
	case T_TransactionStmt:
	case T_VariableSetStmt:
	case T_VariableShowStmt:
	case T_DiscardStmt:
	case T_ClosePortalStmt:
	case T_DeallocateStmt:
		return false;
	default:
		return true;
	}
}

// Not what only sets up others: transactions, settings, prepared statements. What EXECUTE runs counts by
// itself.
bool is_counted_command(const Node *utility) {
	return is_limited(utility) && !IsA(utility, PrepareStmt) && !IsA(utility, ExecuteStmt);
}

bool begin_counting() {
	stats::begin_tenant();
	return stats::begin_statement();
}

template <typename Call> void run_within_limits(const Node *utility, Call call) {
	// Decided now: it may be freed.
	const bool sets_variable = IsA(utility, VariableSetStmt);
	if (is_limited(utility)) {
		// It may be refused.
		stats::begin_tenant();
		limits::begin_query();
		limits::run_limited(limits::Part::kWhole, call);
	} else {
		call();
	}
	if (sets_variable)
		limits::keep_ceilings();
}

void process(UtilityCall *call) {
	const Node *utility = call->statement->utilityStmt;
	// Decided now: what runs below may free the statement.
	const bool is_commit = ends_transaction(utility);
	const bool fires_triggers = fires_all_triggers(utility);
	const bool makes_unknown = changes_quotas(utility);
	if (IsA(utility, ConstraintsSetStmt))
		context::require_own_deferred_triggers();
	const List *at_stake = NIL;
	const bool is_confined = !IsBinaryUpgrade && !may_see_all_tenants();
	if (is_confined)
		at_stake = guard(utility);
	const Trail trail = begin_trail(utility, is_confined);
	isolation::close_tables_before(utility);
	if (IsA(utility, AlterTableStmt) && !IsBinaryUpgrade)
		make_way_for_parents(reinterpret_cast<const AlterTableStmt *>(utility));
	clean_before_utility(utility, call->context == PROCESS_UTILITY_TOPLEVEL);
	if (IsA(utility, FetchStmt))
		require_owner(reinterpret_cast<const FetchStmt *>(utility));
	// They may bring rows of a protected table into their own portal's store, through another portal.
	if (IsA(utility, FetchStmt) || IsA(utility, ExecuteStmt) || IsA(utility, CallStmt))
		context::note_portal_owner();
	call->statement = statement_to_run(call->statement, is_confined);
	const QueryCompletion *completion = call->completion;
	const bool is_counted =
		call->context == PROCESS_UTILITY_TOPLEVEL && is_counted_command(utility) && begin_counting();
	inside_statement([&] { run(call, is_confined); });
	if (is_counted)
		stats::end_statement(stats::kUtilities, completion == nullptr ? 0 : completion->nprocessed);
	if (makes_unknown)
		quotas::note_unknown();
	follow_confinement();
	// There the event trigger comes last.
	if (IsBinaryUpgrade)
		isolation::check_changed_keys(utility);
	isolation::require_still_protected(at_stake);
	// Also under row_security = off, unless the extension is there to protect them again.
	const List *without_policy = isolation::take_tables_that_lost_policies();
	if (is_confined || !OidIsValid(get_extension_oid("pg_tenant", true)))
		isolation::require_still_protected(without_policy);
	end_trail(trail, completion);
	// By now the block is marked to end, so that an error ends it, as an error of a COMMIT does.
	if (is_commit)
		context::require_own_deferred_triggers();
	if (fires_triggers)
		context::forget_deferred_triggers();
}

} // namespace

void refuse_portal(const char *name, const context::BoundTenant &owner) {
	ereport(ERROR, (errcode(ERRCODE_TENANT_CHANGED),
					owner.is_all ? errmsg("cursor \"%s\" was opened for all tenants", name)
								 : errmsg("cursor \"%s\" was opened by another tenant", name),
					errhint("CLOSE %s;", quote_identifier(name))));
}

void process_utility(PlannedStmt *statement, const char *text, bool read_only_tree,
					 ProcessUtilityContext context, ParamListInfo parameters, QueryEnvironment *environment,
					 DestReceiver *receiver, QueryCompletion *completion) {
	if (context == PROCESS_UTILITY_TOPLEVEL)
		context::utility_count++;
	// For the plan that an EXECUTE is about to take.
	follow_confinement();
	UtilityCall call = {statement,  text,        read_only_tree, context,
						parameters, environment, receiver,       completion};
	run_within_limits(statement->utilityStmt, [&] { process(&call); });
}

} // namespace pg_tenant::hooks
