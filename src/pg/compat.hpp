// Differences between PostgreSQL 15, 16, 17 and 18, each wrapped in the newest form.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "catalog/namespace.h"
#include "catalog/pg_class_d.h"
#include "executor/executor.h"
#include "nodes/nodeFuncs.h"
#include "nodes/parsenodes.h"
#include "nodes/plannodes.h"
#include "parser/parse_relation.h"
#include "utils/acl.h"
#include "utils/guc.h"
#include "utils/rel.h"
}

#if PG_VERSION_NUM < 150000 || PG_VERSION_NUM >= 190000
#error "pg_tenant supports PostgreSQL 15 to 18"
#endif

namespace pg_tenant::pg {

// The arguments of ExecutorRun and of the permission check, to declare and to pass on.
#if PG_VERSION_NUM >= 180000
#define EXECUTOR_RUN_PARAMETERS QueryDesc *query, ScanDirection direction, uint64 count
#define EXECUTOR_RUN_ARGUMENTS query, direction, count
#else
#define EXECUTOR_RUN_PARAMETERS QueryDesc *query, ScanDirection direction, uint64 count, bool execute_once
#define EXECUTOR_RUN_ARGUMENTS query, direction, count, execute_once
#endif

#if PG_VERSION_NUM >= 160000
#define CHECK_PERMISSIONS_PARAMETERS List *range_table, List *permissions, bool raise
#define CHECK_PERMISSIONS_ARGUMENTS range_table, permissions, raise
#else
#define CHECK_PERMISSIONS_PARAMETERS List *range_table, bool raise
#define CHECK_PERMISSIONS_ARGUMENTS range_table, raise
#endif

inline void run_to_end(QueryDesc *query) {
#if PG_VERSION_NUM >= 180000
	ExecutorRun(query, ForwardScanDirection, 0);
#else
	ExecutorRun(query, ForwardScanDirection, 0, true);
#endif
}

// Memory that the GUC machinery frees: malloc's before 16, a context of its own from then on.
inline void *setting_alloc(size_t size) {
#if PG_VERSION_NUM >= 160000
	return guc_malloc(LOG, size);
#else
	return malloc(size);
#endif
}

// NULL is nothing to free.
inline void setting_free(void *memory) {
#if PG_VERSION_NUM >= 160000
	guc_free(memory);
#else
	free(memory);
#endif
}

inline Oid primary_key_index(Relation relation) {
#if PG_VERSION_NUM >= 180000
	return RelationGetPrimaryKeyIndex(relation, false);
#else
	return RelationGetPrimaryKeyIndex(relation);
#endif
}

inline void mark_enforced(Constraint *constraint) {
#if PG_VERSION_NUM >= 180000
	constraint->is_enforced = true;
#else
	(void)constraint;
#endif
}

// The walkers' signatures are C's before 16: any pointer to any function.
using Walker = bool (*)(Node *, void *);

inline bool walk_expression(Node *node, Walker walker, void *context) {
#if PG_VERSION_NUM >= 160000
	return expression_tree_walker(node, walker, context);
#else
	return expression_tree_walker(node, reinterpret_cast<bool (*)()>(reinterpret_cast<void *>(walker)),
								  context);
#endif
}

inline bool walk_query(Query *query, Walker walker, void *context) {
#if PG_VERSION_NUM >= 160000
	return query_tree_walker(query, walker, context, 0);
#else
	return query_tree_walker(query, reinterpret_cast<bool (*)()>(reinterpret_cast<void *>(walker)), context,
							 0);
#endif
}

// Whether CREATE POLICY and the like may be run on this relation by this role.
inline bool owns_relation(Oid relation, Oid role) {
#if PG_VERSION_NUM >= 160000
	return object_ownercheck(RelationRelationId, relation, role);
#else
	return pg_class_ownercheck(relation, role);
#endif
}

} // namespace pg_tenant::pg
