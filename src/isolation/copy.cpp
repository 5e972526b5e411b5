#include "isolation/copy.hpp"

#include "isolation/catalog.hpp"
#include "isolation/matview.hpp"
#include "isolation/statistics.hpp"
#include "pg/compat.hpp"
#include "pg/privileges.hpp"
#include "pg/spi.hpp"
#include "registry/relations.hpp"

extern "C" {
#include "access/table.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_authid_d.h"
#include "catalog/pg_class_d.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_type_d.h"
#include "commands/copy.h"
#include "commands/trigger.h"
#include "nodes/makefuncs.h"
#include "nodes/value.h"
#include "optimizer/optimizer.h"
#include "parser/parse_coerce.h"
#include "parser/parse_collate.h"
#include "parser/parse_expr.h"
#include "parser/parse_relation.h"
#include "tcop/utility.h"
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

PlannedStmt *copy_of_query(const PlannedStmt *statement, Oid relation) {
	auto *changed = static_cast<PlannedStmt *>(copyObjectImpl(statement));
	auto *copy = castNode(CopyStmt, changed->utilityStmt);
	SelectStmt *select = makeNode(SelectStmt);
	select->targetList = select_list(copy->attlist != NIL ? copy->attlist : copied_columns(relation));
	// Qualified, so that it means the same relation; without its children, as COPY does, but with its
	// partitions.
	RangeVar *from =
		makeRangeVar(get_namespace_name(get_rel_namespace(relation)), get_rel_name(relation), -1);
	from->inh = get_rel_relkind(relation) == RELKIND_PARTITIONED_TABLE;
	select->fromClause = list_make1(from);
	copy->relation = nullptr;
	copy->attlist = NIL;
	copy->query = reinterpret_cast<Node *>(select);
	return changed;
}

// Whether a trigger may change a row after its condition was looked at, here or in a partition.
bool has_before_trigger(Oid table) {
	ListCell *cell;
	foreach (cell, find_all_inheritors(table, AccessShareLock, nullptr)) {
		Relation opened = table_open(lfirst_oid(cell), NoLock);
		const bool found = opened->trigdesc != nullptr && opened->trigdesc->trig_insert_before_row;
		table_close(opened, NoLock);
		if (found)
			return true;
	}
	return false;
}

void require_exact_guard(Oid table) {
	const PolicyCensus policies = policies_of(table);
	const bool other_policies =
		!has_bypassrls_privilege(GetUserId()) && (policies.others > 0 || !policies.has_rows);
	if (other_policies || has_before_trigger(table))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("cannot COPY into protected table \"%s\"", get_rel_name(table)),
				 errdetail(other_policies ? "It has policies of its own." : "It has a BEFORE ROW trigger."),
				 errhint("COPY into a temporary table, then INSERT INTO %s SELECT ...;",
						 pg::qualified_name(table))));
}

const char *guard_function(Oid type) {
	switch (type) {
	case UUIDOID:
		return "own_row_uuid";
	case INT8OID:
	case INT4OID:
		return "own_row_bigint";
	default:
		return "own_row_text";
	}
}

// condition AND tenant.own_row_…(tenant column, table): conditions of COPY are evaluated in this order.
Node *guarded_condition(Node *condition, Oid table) {
	const registry::Protection protection = registry::protection_of(table);
	ColumnRef *column = makeNode(ColumnRef);
	column->fields = list_make1(makeString(get_attname(table, protection.column, false)));
	column->location = -1;
	A_Const *name = makeNode(A_Const);
	name->val.sval.type = T_String;
	name->val.sval.sval = get_rel_name(table);
	name->location = -1;
	List *function = list_make2(makeString(pstrdup(registry::kSchema)),
								makeString(pstrdup(guard_function(protection.type))));
	auto *guard =
		reinterpret_cast<Node *>(makeFuncCall(function, list_make2(column, name), COERCE_EXPLICIT_CALL, -1));
	if (condition == nullptr)
		return guard;
	return reinterpret_cast<Node *>(makeBoolExpr(AND_EXPR, list_make2(condition, guard), -1));
}

PlannedStmt *guarded_copy(const PlannedStmt *statement, Oid table) {
	require_exact_guard(table);
	auto *changed = static_cast<PlannedStmt *>(copyObjectImpl(statement));
	auto *copy = castNode(CopyStmt, changed->utilityStmt);
	copy->whereClause = guarded_condition(copy->whereClause, table);
	return changed;
}

void require_file_privilege(const CopyStmt *copy) {
	if (copy->filename == nullptr)
		return;
	const Oid role = copy->is_program ? ROLE_PG_EXECUTE_SERVER_PROGRAM : ROLE_PG_READ_SERVER_FILES;
	if (!has_privs_of_role(GetUserId(), role))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("permission denied to COPY from %s", copy->is_program ? "a program" : "a file"),
				 errhint("Anyone can COPY from stdin. psql's \\copy command also works for anyone.")));
}

// As the server's own COPY does it.
List *transform_condition(ParseState *state, ParseNamespaceItem *item, Node *condition) {
	addNSItemToQuery(state, item, false, true, true);
	Node *where = transformExpr(state, condition, EXPR_KIND_COPY_WHERE);
	where = coerce_to_boolean(state, where, "WHERE");
	assign_expr_collations(state, where);
	where = eval_const_expressions(nullptr, where);
	where = reinterpret_cast<Node *>(canonicalize_qual(reinterpret_cast<Expr *>(where), false));
	return make_ands_implicit(reinterpret_cast<Expr *>(where));
}

} // namespace

Oid copied_table(const CopyStmt *copy) { return RangeVarGetRelid(copy->relation, NoLock, true); }

PlannedStmt *confined_copy(const PlannedStmt *statement) {
	auto *copy = castNode(CopyStmt, statement->utilityStmt);
	if (copy->relation == nullptr)
		return nullptr;
	const Oid table = copied_table(copy);
	if (!OidIsValid(table))
		return nullptr;
	// From 18 on the server copies materialized views too; as a query it is refused.
	if ((holds_shared_rows(table) || holds_statistics(table)) && !copy->is_from)
		return copy_of_query(statement, table);
	if (registry::protection_of(table).column == InvalidAttrNumber)
		return nullptr;
	return copy->is_from ? guarded_copy(statement, table) : copy_of_query(statement, table);
}

uint64 copy_from(const CopyStmt *copy, const char *text) {
	require_file_privilege(copy);
	ParseState *state = make_parsestate(nullptr);
	state->p_sourcetext = text;
	Relation table = table_openrv(copy->relation, RowExclusiveLock);
	ParseNamespaceItem *item =
		addRangeTableEntryForRelation(state, table, RowExclusiveLock, nullptr, false, false);
	pg::require_insert_privilege(state, item, CopyGetAttnums(RelationGetDescr(table), table, copy->attlist));
	List *condition = transform_condition(state, item, copy->whereClause);
	if (XactReadOnly && !table->rd_islocaltemp)
		PreventCommandIfReadOnly("COPY FROM");
	CopyFromState source = BeginCopyFrom(state, table, reinterpret_cast<Node *>(condition), copy->filename,
										 copy->is_program, nullptr, copy->attlist, copy->options);
	const uint64 rows = CopyFrom(source);
	EndCopyFrom(source);
	table_close(table, NoLock);
	free_parsestate(state);
	return rows;
}

} // namespace pg_tenant::isolation
