#include "isolation/copy.hpp"

#include "pg/compat.hpp"
#include "pg/error.hpp"
#include "pg/spi.hpp"
#include "registry/relations.hpp"

extern "C" {
#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/pg_class_d.h"
#include "nodes/makefuncs.h"
#include "nodes/value.h"
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

} // namespace

PlannedStmt *confined_copy(const PlannedStmt *statement) {
	auto *copy = castNode(CopyStmt, statement->utilityStmt);
	if (copy->relation == nullptr)
		return nullptr;
	const Oid relation = RangeVarGetRelid(copy->relation, NoLock, true);
	if (!OidIsValid(relation) || registry::protection_of(relation).column == InvalidAttrNumber)
		return nullptr;
	if (!copy->is_from)
		return copy_of_query(statement, relation);
	// For all others the server itself says that it cannot.
	if (has_bypassrls_privilege(GetUserId()))
		ereport(
			ERROR,
			(errcode(ERRCODE_TENANT_BOUNDARY),
			 errmsg("COPY into protected table \"%s\" would check no row's tenant", get_rel_name(relation)),
			 errhint("INSERT INTO %s SELECT ...; or SET row_security = off;", pg::qualified_name(relation))));
	return nullptr;
}

} // namespace pg_tenant::isolation
