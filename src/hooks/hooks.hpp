// The hooks of this library and those that were there before. install.cpp sets them all; a hook calls the one
// before it exactly once on every path.
#pragma once

#include "context/frame.hpp"
#include "core/tenant_id.hpp"
#include "pg/compat.hpp"

extern "C" {
#include "catalog/objectaccess.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "optimizer/paths.h"
#include "optimizer/plancat.h"
#include "optimizer/planner.h"
#include "parser/analyze.h"
#include "storage/ipc.h"
#include "tcop/utility.h"
#include "utils/selfuncs.h"
}

namespace pg_tenant::hooks {

// The hook that was set before ours, or the server's own function where there was none.
struct Previous {
	post_parse_analyze_hook_type query_analyzed; // NULL where there was none
	planner_hook_type planner;
	needs_fmgr_hook_type needs_function_hook;  // NULL where there was none
	get_relation_info_hook_type relation_info; // NULL where there was none
	set_rel_pathlist_hook_type relation_paths; // NULL where there was none
	get_relation_stats_hook_type statistics;   // NULL where there was none
	ExecutorStart_hook_type executor_start;
	ExecutorRun_hook_type executor_run;
	ExecutorFinish_hook_type executor_finish;
	ProcessUtility_hook_type process_utility;
	object_access_hook_type object_access;          // NULL where there was none
	shmem_request_hook_type shmem_request;          // NULL where there was none
	shmem_startup_hook_type shmem_startup;          // NULL where there was none
	ExecutorCheckPerms_hook_type check_permissions; // NULL where there was none: the server has no default
	emit_log_hook_type emit_log;                    // NULL where there was none
};
extern Previous previous;

// planner.cpp
bool forbids_inlining(Oid function);
PlannedStmt *plan(Query *query, const char *text, int options, ParamListInfo parameters);

void query_analyzed(ParseState *state, Query *query, JumbleState *jumble);

void relation_planned(PlannerInfo *root, Oid table, bool is_parent, RelOptInfo *relation);
bool statistics_wanted(PlannerInfo *root, RangeTblEntry *entry, AttrNumber column,
					   VariableStatData *statistics);
void paths_found(PlannerInfo *root, RelOptInfo *relation, Index index, RangeTblEntry *entry);

// executor.cpp
void executor_start(QueryDesc *query, int flags);
void executor_run(EXECUTOR_RUN_PARAMETERS);
void executor_finish(QueryDesc *query);

// utility.cpp
void process_utility(PlannedStmt *statement, const char *text, bool read_only_tree,
					 ProcessUtilityContext context, ParamListInfo parameters, QueryEnvironment *environment,
					 DestReceiver *receiver, QueryCompletion *completion);

// A utility command on its way to the hook before ours.
struct UtilityCall {
	PlannedStmt *statement;
	const char *text;
	bool read_only_tree;
	ProcessUtilityContext context;
	ParamListInfo parameters;
	QueryEnvironment *environment;
	DestReceiver *receiver;
	QueryCompletion *completion;

	void run() const {
		previous.process_utility(statement, text, read_only_tree, context, parameters, environment, receiver,
								 completion);
	}
};

// object_access.cpp
void object_accessed(ObjectAccessType access, Oid catalog, Oid object, int column, void *argument);

// label.cpp
void label_given(const ObjectAddress *object, const char *label);

// copy.cpp: runs a COPY FROM into this protected table; the part of it that tenant.run_copy() is.
void run_copy_from(const UtilityCall &call, Oid table);
void run_called_copy();

// explain.cpp: runs an EXPLAIN of a confined session; forgets what a query counted that it shows.
void run_explain(UtilityCall *call);
void forget_explained_counts(const QueryDesc *query);

// What EXPLAIN (VERBOSE) says of the tenant's filter of a node, or NULL.
const char *describe_filter(const Plan *plan, const List *range_table);

[[noreturn]] void refuse_portal(const char *name, const context::BoundTenant &owner);

// Only under row_security = off does a role that may bypass policies see all tenants. What counts is the role
// that the session acts as: a SECURITY DEFINER function owned by a superuser lends nobody this right.
bool may_see_all_tenants();

// A plan depends on that: when it changes, plans that were made before are made again. Once at each change,
// never at a switch of tenant.
void follow_confinement();

// permissions.cpp
bool check_permissions(CHECK_PERMISSIONS_PARAMETERS);

// log.cpp
void error_reported(ErrorData *error);

// Saves and sets every hook; raises before it has changed anything, or not at all.
void install();

} // namespace pg_tenant::hooks
