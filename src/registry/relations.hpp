// Which relations are protected: those that carry the policy `tenant_isolation` calling one of our typed
// functions; materialized views and foreign tables, which no policy covers: those with our security label on
// their tenant column. Both are catalogued and dumped with the relation, follow its renames and go with it.
// Answers come from a backend cache that relcache messages keep right.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "access/attnum.h"
#include "nodes/plannodes.h"
#include "utils/rel.h"
}

namespace pg_tenant::registry {

inline constexpr char kIsolationPolicy[] = "tenant_isolation";
inline constexpr char kRowsPolicy[] = "tenant_rows";
inline constexpr char kClosedPolicy[] = "tenant_closed"; // left by DROP EXTENSION
inline constexpr char kDeletionTrigger[] = "tenant_soft_delete";
inline constexpr char kSchema[] = "tenant";
inline constexpr char kLabelProvider[] = "pg_tenant";
inline constexpr char kTenantLabel[] = "tenant";

struct Protection {
	AttrNumber column; // of the tenant; InvalidAttrNumber when the relation is not protected
	Oid type;          // of that column
	Oid equality;      // the operator of its policy,
	Oid collation;     // under which it compares,
	Oid function;      // and what that compares with, tenant.current_…(); InvalidOid where a label protects
};

// Which rows of a relation count as deleted.
struct Deletion {
	AttrNumber at; // timestamptz, NULL in live rows; InvalidAttrNumber where rows are not soft-deleted
	AttrNumber by; // text: who deleted it, or InvalidAttrNumber
};

// What a statement touches of the protected relations.
struct ProtectedUse {
	Oid any;     // one that it reads or writes, or InvalidOid
	Oid written; // one that it writes
	Oid as_uuid; // one whose tenant column is a uuid
	Oid as_bigint;
	Oid as_int;
	bool soft_deletes; // one that it uses has soft-deleted rows, whether it is protected or not
};

// Whether no policy can cover relations of this kind.
bool needs_label(char kind);

// The column of `column = tenant.current_…()`, or InvalidAttrNumber for any other expression, or NULL.
AttrNumber column_of_qual(const Expr *qual);

// May raise; needs a lock on the relation, or a plan that holds one.
Protection protection_of(Oid relation);

inline bool is_protected(Oid relation) { return protection_of(relation).column != InvalidAttrNumber; }

// The same of an open relation, without the cache.
Protection read_protection(Relation relation);

// Whether and how rows are soft-deleted: by the trigger of that name, which calls our function with the
// columns in its WHEN.
Deletion deletion_of(Oid relation);

inline bool is_soft_deleted(Oid relation) { return deletion_of(relation).at != InvalidAttrNumber; }

// Walks the plan's range table.
ProtectedUse protected_use(const PlannedStmt *plan);

// The same for a command that writes this relation, which is protected.
ProtectedUse use_of_written(Oid relation);

// Called for every relcache message; never raises.
void forget_relation(Oid relation);

} // namespace pg_tenant::registry
