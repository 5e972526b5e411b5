#include "isolation/label.hpp"

#include <cstring>

#include "isolation/policy.hpp"
#include "pg/error.hpp"
#include "pg/spi.hpp"
#include "registry/relations.hpp"

extern "C" {
#include "catalog/pg_class_d.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_type_d.h"
#include "commands/extension.h"
#include "commands/seclabel.h"
#include "nodes/parsenodes.h"
#include "nodes/pg_list.h"
#include "parser/parse_collate.h"
#include "parser/parse_expr.h"
#include "parser/parse_node.h"
#include "parser/parse_relation.h"
#include "parser/parser.h"
#include "rewrite/rewriteManip.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
}

namespace pg_tenant::isolation {
namespace {

void write_label(Oid relation, AttrNumber column, const char *label) {
	ObjectAddress object;
	ObjectAddressSubSet(object, RelationRelationId, relation, column);
	SetSecurityLabel(&object, registry::kLabelProvider, label);
	// The label alone would tell neither caches nor plans.
	CacheInvalidateRelcacheByRelid(relation);
}

// An expression over the columns of a relation, which is to stand at this place of the range table. Names in
// it are qualified.
Node *read_expression(Relation relation, int index, const char *text, bool *has_sub_select) {
	ParseState *state = make_parsestate(nullptr);
	addNSItemToQuery(state,
					 addRangeTableEntryForRelation(state, relation, AccessShareLock, nullptr, false, false),
					 false, true, true);
	auto *statement = linitial_node(RawStmt, raw_parser(text, RAW_PARSE_PLPGSQL_EXPR));
	auto *target = linitial_node(ResTarget, castNode(SelectStmt, statement->stmt)->targetList);
	Node *expression = transformExpr(state, target->val, EXPR_KIND_POLICY);
	assign_expr_collations(state, expression);
	if (has_sub_select != nullptr)
		*has_sub_select = state->p_hasSubLinks;
	free_parsestate(state);
	ChangeVarNodes(expression, 1, index, 0);
	return expression;
}

const char *tenant_column(Relation relation) {
	const registry::Protection protection = registry::protection_of(RelationGetRelid(relation));
	return quote_identifier(get_attname(RelationGetRelid(relation), protection.column, false));
}

Oid tenant_type(Relation relation) { return registry::protection_of(RelationGetRelid(relation)).type; }

// The label outlives the extension, and the column can be given another type.
void require_functions(Relation relation) {
	const char *missing = nullptr;
	if (!OidIsValid(get_extension_oid("pg_tenant", true)))
		missing = "The extension is gone.";
	else if (typed_function(tenant_type(relation)) == nullptr)
		missing = "Its tenant column has a type that cannot hold a tenant id.";
	if (missing != nullptr)
		ereport(ERROR, (errcode(ERRCODE_TENANT_BOUNDARY),
						errmsg("cannot confine \"%s\" to one tenant", RelationGetRelationName(relation)),
						errdetail("%s", missing)));
}

} // namespace

void put_label(Oid relation, AttrNumber column) {
	pg::require_preloaded("protection of materialized views and foreign tables");
	write_label(relation, column, registry::kTenantLabel);
}

void drop_label(Oid relation, AttrNumber column) { write_label(relation, column, nullptr); }

void require_proper_label(const ObjectAddress &object, const char *label, bool may_drop) {
	const Oid relation = object.objectId;
	const auto column = static_cast<AttrNumber>(object.objectSubId);
	if (object.classId != RelationRelationId || column == 0 ||
		!registry::needs_label(get_rel_relkind(relation)) ||
		(label != nullptr && strcmp(label, registry::kTenantLabel) != 0))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("not a security label of pg_tenant"),
						errdetail("Its only label is \"%s\", on the tenant column of a materialized view or "
								  "foreign table.",
								  registry::kTenantLabel)));
	const AttrNumber present = registry::protection_of(relation).column;
	if (label == nullptr && column == present && !may_drop)
		ereport(ERROR,
				(errcode(ERRCODE_TENANT_BOUNDARY),
				 errmsg("\"%s\" would lose its protection", get_rel_name(relation)),
				 errhint("SELECT tenant.unprotect(%s);", quote_literal_cstr(pg::qualified_name(relation)))));
	if (label != nullptr) {
		pg::require_preloaded("protection of materialized views and foreign tables");
		if (typed_function(get_atttype(relation, column)) == nullptr)
			ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
							errmsg("column \"%s\" of \"%s\" cannot hold a tenant id",
								   get_attname(relation, column, false), get_rel_name(relation))));
		if (present != InvalidAttrNumber && present != column)
			ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
							errmsg("\"%s\" is protected by column \"%s\" already", get_rel_name(relation),
								   get_attname(relation, present, false))));
	}
	CacheInvalidateRelcacheByRelid(relation);
}

Node *labelled_filter(Relation relation, int index, bool *has_sub_select) {
	require_functions(relation);
	const bool is_foreign = relation->rd_rel->relkind == RELKIND_FOREIGN_TABLE;
	const char *tenant = typed_function(tenant_type(relation));
	return read_expression(relation, index,
						   psprintf("%s OPERATOR(pg_catalog.=) %s", tenant_column(relation),
									is_foreign ? psprintf("(SELECT %s)", tenant) : tenant),
						   has_sub_select);
}

const char *own_row_function(Oid type) {
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

Node *own_row_check(Relation relation, int index) {
	require_functions(relation);
	return read_expression(relation, index,
						   psprintf("tenant.%s(%s, %s)", own_row_function(tenant_type(relation)),
									tenant_column(relation),
									quote_literal_cstr(RelationGetRelationName(relation))),
						   nullptr);
}

bool writes_foreign_table(Relation relation) {
	if (relation->rd_rel->relkind == RELKIND_FOREIGN_TABLE)
		return true;
	if (!relation->rd_rel->relhassubclass)
		return false;
	ListCell *cell;
	foreach (cell, find_all_inheritors(RelationGetRelid(relation), NoLock, nullptr)) {
		if (get_rel_relkind(lfirst_oid(cell)) == RELKIND_FOREIGN_TABLE)
			return true;
	}
	return false;
}

} // namespace pg_tenant::isolation
