#include "isolation/copy_target.hpp"

#include "isolation/copy.hpp"
#include "isolation/label.hpp"
#include "pg/compat.hpp"
#include "pg/privileges.hpp"

extern "C" {
#include "access/sysattr.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/pg_authid_d.h"
#include "nodes/makefuncs.h"
#include "optimizer/optimizer.h"
#include "parser/parse_coerce.h"
#include "parser/parse_collate.h"
#include "parser/parse_expr.h"
#include "parser/parse_relation.h"
#include "tcop/utility.h"
#include "utils/acl.h"
#include "utils/rls.h"
}

namespace pg_tenant::isolation {
namespace {

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

// They are not computed yet when the condition is looked at.
void require_no_generated_column(Relation table, Node *condition) {
	Bitmapset *used = nullptr;
	pull_varattnos(condition, 1, &used);
	const bool uses_row = bms_is_member(0 - FirstLowInvalidHeapAttributeNumber, used);
	TupleDesc descriptor = RelationGetDescr(table);
	for (int i = 0; i < descriptor->natts; i++) {
		const Form_pg_attribute column = TupleDescAttr(descriptor, i);
		if (column->attgenerated != '\0' &&
			(uses_row || bms_is_member(column->attnum - FirstLowInvalidHeapAttributeNumber, used)))
			ereport(ERROR, (errcode(ERRCODE_INVALID_COLUMN_REFERENCE),
							errmsg("generated columns are not supported in COPY FROM WHERE conditions"),
							errdetail("Column \"%s\" is a generated column.", NameStr(column->attname))));
	}
}

// As the server's own COPY does it. The columns that it names are added to what the role must be allowed to
// read.
List *transform_condition(ParseState *state, Relation table, Node *condition) {
	if (condition == nullptr)
		return NIL;
	Node *where = transformExpr(state, condition, EXPR_KIND_COPY_WHERE);
	where = coerce_to_boolean(state, where, "WHERE");
	assign_expr_collations(state, where);
	require_no_generated_column(table, where);
	where = eval_const_expressions(nullptr, where);
	where = reinterpret_cast<Node *>(canonicalize_qual(reinterpret_cast<Expr *>(where), false));
	return make_ands_implicit(reinterpret_cast<Expr *>(where));
}

} // namespace

CopyTarget open_target(const CopyStmt *copy, Oid table, const char *text) {
	require_file_privilege(copy);
	CopyTarget target = {make_parsestate(nullptr), table_open(table, NoLock), NIL};
	target.state->p_sourcetext = text;
	ParseNamespaceItem *item =
		addRangeTableEntryForRelation(target.state, target.table, RowExclusiveLock, nullptr, false, false);
	addNSItemToQuery(target.state, item, false, true, true);
	pg::ask_only_insert(item, CopyGetAttnums(RelationGetDescr(target.table), target.table, copy->attlist));
	target.condition = transform_condition(target.state, target.table, copy->whereClause);
	pg::require_privileges(target.state, item);
	// Under row_security = off the server's own error, where policies bind the role.
	(void)check_enable_rls(table, InvalidOid, false);
	if (XactReadOnly && !target.table->rd_islocaltemp)
		PreventCommandIfReadOnly("COPY FROM");
	return target;
}

void close_target(const CopyTarget &target) {
	table_close(target.table, NoLock);
	free_parsestate(target.state);
}

CopyFromState open_source(const CopyStmt *copy, const CopyTarget &target, List *condition) {
	return BeginCopyFrom(target.state, target.table, reinterpret_cast<Node *>(condition), copy->filename,
						 copy->is_program, nullptr, copy->attlist, copy->options);
}

uint64 copy_guarded(const CopyStmt *copy, Oid table, const char *text) {
	const CopyTarget target = open_target(copy, table, text);
	Node *guard = own_row_check(target.table, 1);
	CopyFromState source = open_source(copy, target, lappend(target.condition, guard));
	const uint64 rows = CopyFrom(source);
	EndCopyFrom(source);
	close_target(target);
	return rows;
}

} // namespace pg_tenant::isolation
