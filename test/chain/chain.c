/*
 * Hooks every point that pg_tenant hooks, and some more, and counts how often each was entered, left, and left by an
 * error. Compiled under several names (-DNAME=...), so that one can be loaded before pg_tenant and another after it.
 * SHOW NAME.calls tells the process's counts, a line "hook entered left failed" each.
 */
#include "postgres.h"
/* A Port is only passed on: the headers of Kerberos are not needed to know it. */
#undef ENABLE_GSS

#include "catalog/objectaccess.h"
#include "executor/executor.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "libpq/auth.h"
#include "miscadmin.h"
#include "optimizer/paths.h"
#include "optimizer/plancat.h"
#include "optimizer/planner.h"
#include "parser/analyze.h"
#include "storage/ipc.h"
#include "tcop/utility.h"
#include "utils/guc.h"
#include "utils/selfuncs.h"
#if PG_VERSION_NUM >= 180000
#include "commands/explain.h"
#include "commands/explain_state.h"
#endif

PG_MODULE_MAGIC;
PGDLLEXPORT void _PG_init(void);

typedef struct Counts
{
	const char *hook;
	int entered;
	int left;
	int failed;
	struct Counts *next;
} Counts;

static Counts *all_counts = NULL;

#define COUNTED(name, call) \
	counts_##name.entered++; \
	PG_TRY(); \
	{ \
		call; \
	} \
	PG_CATCH(); \
	{ \
		counts_##name.failed++; \
		PG_RE_THROW(); \
	} \
	PG_END_TRY(); \
	counts_##name.left++;

#define DECLARE(name) \
	static name##_hook_type previous_##name; \
	static Counts counts_##name = {#name};

#define PROCEDURE(name, parameters, arguments, standard) \
	DECLARE(name) \
	static void our_##name parameters \
	{ \
		COUNTED(name, if (previous_##name != NULL) previous_##name arguments; else standard) \
	}

#define FUNCTION(type, name, parameters, arguments, standard) \
	DECLARE(name) \
	static type our_##name parameters \
	{ \
		volatile type result; \
		COUNTED(name, result = previous_##name != NULL ? previous_##name arguments : standard) \
		return result; \
	}

typedef PlannedStmt *Plan_;

#if PG_VERSION_NUM >= 180000
#define RUN_PARAMETERS (QueryDesc *query, ScanDirection direction, uint64 count)
#define RUN_ARGUMENTS (query, direction, count)
#else
#define RUN_PARAMETERS (QueryDesc *query, ScanDirection direction, uint64 count, bool once)
#define RUN_ARGUMENTS (query, direction, count, once)
#endif
#if PG_VERSION_NUM >= 160000
#define CHECK_PARAMETERS (List *relations, List *permissions, bool raise)
#define CHECK_ARGUMENTS (relations, permissions, raise)
#else
#define CHECK_PARAMETERS (List *relations, bool raise)
#define CHECK_ARGUMENTS (relations, raise)
#endif

PROCEDURE(post_parse_analyze, (ParseState *state, Query *query, JumbleState *jumble), (state, query, jumble), (void) 0)
FUNCTION(Plan_, planner, (Query *query, const char *text, int options, ParamListInfo parameters), (query, text, options, parameters),
		 standard_planner(query, text, options, parameters))
FUNCTION(bool, needs_fmgr, (Oid function), (function), false)
PROCEDURE(get_relation_info, (PlannerInfo *root, Oid table, bool is_parent, RelOptInfo *relation), (root, table, is_parent, relation), (void) 0)
PROCEDURE(set_rel_pathlist, (PlannerInfo *root, RelOptInfo *relation, Index index, RangeTblEntry *entry), (root, relation, index, entry), (void) 0)
PROCEDURE(set_join_pathlist,
		  (PlannerInfo *root, RelOptInfo *join, RelOptInfo *outer, RelOptInfo *inner, JoinType type, JoinPathExtraData *extra),
		  (root, join, outer, inner, type, extra), (void) 0)
PROCEDURE(create_upper_paths, (PlannerInfo *root, UpperRelationKind stage, RelOptInfo *input, RelOptInfo *output, void *extra),
		  (root, stage, input, output, extra), (void) 0)
FUNCTION(bool, get_relation_stats, (PlannerInfo *root, RangeTblEntry *entry, AttrNumber column, VariableStatData *statistics),
		 (root, entry, column, statistics), false)
PROCEDURE(ExecutorStart, (QueryDesc *query, int flags), (query, flags), standard_ExecutorStart(query, flags))
PROCEDURE(ExecutorRun, RUN_PARAMETERS, RUN_ARGUMENTS, standard_ExecutorRun RUN_ARGUMENTS)
PROCEDURE(ExecutorFinish, (QueryDesc *query), (query), standard_ExecutorFinish(query))
PROCEDURE(ExecutorEnd, (QueryDesc *query), (query), standard_ExecutorEnd(query))
FUNCTION(bool, ExecutorCheckPerms, CHECK_PARAMETERS, CHECK_ARGUMENTS, true)
PROCEDURE(ProcessUtility,
		  (PlannedStmt *statement, const char *text, bool read_only_tree, ProcessUtilityContext context, ParamListInfo parameters,
		   QueryEnvironment *environment, DestReceiver *receiver, QueryCompletion *completion),
		  (statement, text, read_only_tree, context, parameters, environment, receiver, completion),
		  standard_ProcessUtility(statement, text, read_only_tree, context, parameters, environment, receiver, completion))
PROCEDURE(object_access, (ObjectAccessType access, Oid catalog, Oid object, int column, void *argument), (access, catalog, object, column, argument),
		  (void) 0)
PROCEDURE(emit_log, (ErrorData *error), (error), (void) 0)
PROCEDURE(shmem_request, (void), (), (void) 0)
PROCEDURE(shmem_startup, (void), (), (void) 0)
PROCEDURE(ClientAuthentication, (Port *port, int status), (port, status), (void) 0)
#if PG_VERSION_NUM >= 180000
PROCEDURE(explain_per_node, (PlanState *node, List *ancestors, const char *relationship, const char *name, ExplainState *state),
		  (node, ancestors, relationship, name, state), (void) 0)
#endif

static const char *
show_calls(void)
{
	StringInfoData text;

	initStringInfo(&text);
	for (Counts *counts = all_counts; counts != NULL; counts = counts->next)
		appendStringInfo(&text, "%s %d %d %d\n", counts->hook, counts->entered, counts->left, counts->failed);
	return text.data;
}

#define INSTALL(name) \
	previous_##name = name##_hook; \
	name##_hook = our_##name; \
	counts_##name.next = all_counts; \
	all_counts = &counts_##name;

static char *calls;

void
_PG_init(void)
{
	DefineCustomStringVariable(CppAsString2(NAME) ".calls", "Calls of hooks in this process.", NULL, &calls, "", PGC_INTERNAL,
							   GUC_NO_SHOW_ALL | GUC_DISALLOW_IN_FILE, NULL, NULL, show_calls);
	INSTALL(post_parse_analyze)
	INSTALL(planner)
	INSTALL(needs_fmgr)
	INSTALL(get_relation_info)
	INSTALL(set_rel_pathlist)
	INSTALL(set_join_pathlist)
	INSTALL(create_upper_paths)
	INSTALL(get_relation_stats)
	INSTALL(ExecutorStart)
	INSTALL(ExecutorRun)
	INSTALL(ExecutorFinish)
	INSTALL(ExecutorEnd)
	INSTALL(ExecutorCheckPerms)
	INSTALL(ProcessUtility)
	INSTALL(object_access)
	INSTALL(emit_log)
	INSTALL(shmem_request)
	INSTALL(shmem_startup)
	INSTALL(ClientAuthentication)
#if PG_VERSION_NUM >= 180000
	INSTALL(explain_per_node)
#endif
}
