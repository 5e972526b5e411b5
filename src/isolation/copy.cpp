#include "isolation/copy.hpp"

#include "isolation/catalog.hpp"
#include "isolation/deleted.hpp"
#include "isolation/label.hpp"
#include "isolation/shared_rows.hpp"
#include "isolation/statistics.hpp"
#include "registry/relations.hpp"

extern "C" {
#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/pg_class_d.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_type_d.h"
#include "nodes/makefuncs.h"
#include "nodes/value.h"
#include "parser/parse_func.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
}

namespace pg_tenant::isolation {
namespace {

// The columns that COPY takes when none are named: all that are stored and not generated.
List *copied_columns(Oid relation) {
	List *columns = NIL;
	Relation opened = table_open(relation, AccessShareLock);
	TupleDesc descriptor = RelationGetDescr(opened);
	for (int i = 0; i < descriptor->natts; i++) {
		const Form_pg_attribute column = TupleDescAttr(descriptor, i);
		if (!column->attisdropped && column->attgenerated == '\0')
			columns = lappend(columns, makeString(pstrdup(NameStr(column->attname))));
	}
	table_close(opened, AccessShareLock);
	return columns;
}

List *select_list(List *columns) {
	List *targets = NIL;
	ListCell *cell;
	foreach (cell, columns) {
		ColumnRef *column = makeNode(ColumnRef);
		column->fields = list_make1(lfirst(cell));
		column->location = -1;
		ResTarget *target = makeNode(ResTarget);
		target->val = reinterpret_cast<Node *>(column);
		target->location = -1;
		targets = lappend(targets, target);
	}
	return targets;
}

// Qualified, so that it means the same relation.
RangeVar *qualified(Oid relation) {
	return makeRangeVar(get_namespace_name(get_rel_namespace(relation)), get_rel_name(relation), -1);
}

PlannedStmt *copy_of_query(const PlannedStmt *statement, Oid relation) {
	auto *changed = static_cast<PlannedStmt *>(copyObjectImpl(statement));
	auto *copy = castNode(CopyStmt, changed->utilityStmt);
	SelectStmt *select = makeNode(SelectStmt);
	select->targetList = select_list(copy->attlist != NIL ? copy->attlist : copied_columns(relation));
	// Without its children, as COPY does, but with its partitions.
	RangeVar *from = qualified(relation);
	from->inh = get_rel_relkind(relation) == RELKIND_PARTITIONED_TABLE;
	select->fromClause = list_make1(from);
	copy->relation = nullptr;
	copy->attlist = NIL;
	copy->query = reinterpret_cast<Node *>(select);
	return changed;
}

// Whether a trigger may change a row after the guard has seen it.
bool has_before_trigger(Oid table) {
	ListCell *cell;
	foreach (cell, relations_written(table)) {
		Relation opened = table_open(lfirst_oid(cell), NoLock);
		const bool found = opened->trigdesc != nullptr && opened->trigdesc->trig_insert_before_row;
		table_close(opened, NoLock);
		if (found)
			return true;
	}
	return false;
}

// The guard knows nothing of a user's own policies, nor that nothing permits a row where they permit none.
bool has_other_policies(Oid table) {
	if (registry::needs_label(get_rel_relkind(table)))
		return false;
	const PolicyCensus policies = policies_of(table);
	return policies.others > 0 || !policies.has_rows;
}

// The guard reads the tenant column, and so the server asks for SELECT on it, which COPY FROM does not need.
bool may_read_tenant(Oid table) {
	const AttrNumber column = registry::protection_of(table).column;
	return pg_class_aclcheck(table, GetUserId(), ACL_SELECT) == ACLCHECK_OK ||
		   pg_attribute_aclcheck(table, column, GetUserId(), ACL_SELECT) == ACLCHECK_OK;
}

// tenant.own_row_…(tenant column, table)
Node *guard_of_rows(Oid table) {
	const registry::Protection protection = registry::protection_of(table);
	ColumnRef *column = makeNode(ColumnRef);
	column->fields = list_make1(makeString(get_attname(table, protection.column, false)));
	column->location = -1;
	A_Const *name = makeNode(A_Const);
	name->val.sval.type = T_String;
	name->val.sval.sval = get_rel_name(table);
	name->location = -1;
	List *function = list_make2(makeString(pstrdup(registry::kSchema)),
								makeString(pstrdup(own_row_function(protection.type))));
	return reinterpret_cast<Node *>(
		makeFuncCall(function, list_make2(column, name), COERCE_EXPLICIT_CALL, -1));
}

} // namespace

PlannedStmt *copy_to_as_query(const PlannedStmt *statement, bool is_confined) {
	auto *copy = castNode(CopyStmt, statement->utilityStmt);
	const Oid table = copy->relation == nullptr ? InvalidOid : RangeVarGetRelid(copy->relation, NoLock, true);
	if (!OidIsValid(table))
		return nullptr;
	// From 18 on the server copies materialized views too; as a query it is refused.
	const bool is_of_tenants =
		is_confined && (holds_shared_rows(table) || holds_statistics(table) || registry::is_protected(table));
	const bool has_deleted = wanted_sight() != Sight::kAll && registry::is_soft_deleted(table);
	return is_of_tenants || has_deleted ? copy_of_query(statement, table) : nullptr;
}

Oid protected_target(const CopyStmt *copy) {
	const Oid table = RangeVarGetRelid(copy->relation, RowExclusiveLock, true);
	return OidIsValid(table) && registry::protection_of(table).column != InvalidAttrNumber ? table
																						   : InvalidOid;
}

List *relations_written(Oid table) {
	return get_rel_relkind(table) == RELKIND_PARTITIONED_TABLE
			   ? find_all_inheritors(table, AccessShareLock, nullptr)
			   : list_make1_oid(table);
}

CopyWay way_of_copy(Oid table) {
	const bool bypasses_policies = has_bypassrls_privilege(GetUserId());
	if (has_before_trigger(table) || (!bypasses_policies && has_other_policies(table)))
		return CopyWay::kInsert;
	return bypasses_policies && may_read_tenant(table) ? CopyWay::kServer : CopyWay::kGuarded;
}

PlannedStmt *call_of_copy(const PlannedStmt *statement) {
	List *name = list_make2(makeString(pstrdup(registry::kSchema)), makeString(pstrdup("run_copy")));
	CallStmt *call = makeNode(CallStmt);
	call->funccall = makeFuncCall(name, NIL, COERCE_EXPLICIT_CALL, -1);
	call->funcexpr = makeFuncExpr(LookupFuncName(name, 0, nullptr, false), VOIDOID, NIL, InvalidOid,
								  InvalidOid, COERCE_EXPLICIT_CALL);
	auto *changed = static_cast<PlannedStmt *>(copyObjectImpl(statement));
	changed->utilityStmt = reinterpret_cast<Node *>(call);
	return changed;
}

// condition AND guard: conditions of COPY are evaluated in this order.
PlannedStmt *guarded_copy(const PlannedStmt *statement, Oid table) {
	auto *changed = static_cast<PlannedStmt *>(copyObjectImpl(statement));
	auto *copy = castNode(CopyStmt, changed->utilityStmt);
	copy->relation = qualified(table);
	Node *guard = guard_of_rows(table);
	copy->whereClause =
		copy->whereClause == nullptr
			? guard
			: reinterpret_cast<Node *>(makeBoolExpr(AND_EXPR, list_make2(copy->whereClause, guard), -1));
	return changed;
}

} // namespace pg_tenant::isolation
