// A row that is written is the tenant's by proof when
// - it was read through the tenant's filter, which is also asked again of a row that was changed meanwhile,
//   or conflicts with the tenant's own new row in a unique key that holds the tenant column, and the tenant
//   column is left as it is; or
// - its tenant column is given what the filter compares with: tenant.current_…(), which says the same
//   throughout a statement, or, in a plan of one use, that value itself;
// and nothing comes in between: a BEFORE ROW trigger may change any row, and a generated column is computed
// from others. A partition's triggers are not seen from its root, so rows of partitioned and of inheriting
// tables are always checked. Triggers, columns and indexes that change later send a relcache message, and the
// plan is made again.
#include "planning/checks.hpp"

#include "isolation/filter.hpp"
#include "pg/compat.hpp"

extern "C" {
#include "access/genam.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "catalog/pg_am_d.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_type_d.h"
#include "nodes/nodeFuncs.h"
#include "parser/parsetree.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/uuid.h"
}

namespace pg_tenant::planning {

using isolation::is_column;
using isolation::is_id;
using isolation::without_relabel;

namespace {

// One that writes a protected table.
struct Writer {
	Query *query;
	Relation table;
	const OpExpr *filter; // `column = tenant.current_…()`
	registry::Protection protection;
	const core::TenantId *constant;
	ParamListInfo parameters;
};

// As the planner would: it may take the value for a constant.
bool is_id_parameter(const Writer &writer, const Param *parameter) {
	ParamListInfo values = writer.parameters;
	if (values == nullptr || parameter->paramkind != PARAM_EXTERN || parameter->paramid <= 0 ||
		parameter->paramid > values->numParams)
		return false;
	ParamExternData space;
	const ParamExternData *value = values->paramFetch == nullptr
									   ? &values->params[parameter->paramid - 1]
									   : values->paramFetch(values, parameter->paramid, true, &space);
	return value->ptype == parameter->paramtype && (value->pflags & PARAM_FLAG_CONST) != 0 &&
		   !value->isnull && is_id(value->ptype, value->value, *writer.constant);
}

// Whether the value is the tenant's id, whichever the row.
bool is_tenant(const Writer &writer, const Node *value) {
	value = without_relabel(value);
	if (equal(value, without_relabel(static_cast<Node *>(lsecond(writer.filter->args)))))
		return true;
	if (value == nullptr || writer.constant == nullptr)
		return false;
	if (IsA(value, Param))
		return is_id_parameter(writer, reinterpret_cast<const Param *>(value));
	if (!IsA(value, Const))
		return false;
	auto *constant = reinterpret_cast<const Const *>(value);
	return !constant->constisnull && is_id(constant->consttype, constant->constvalue, *writer.constant);
}

const Node *assigned(const Writer &writer, const List *targets) {
	ListCell *cell;
	foreach (cell, targets) {
		auto *target = lfirst_node(TargetEntry, cell);
		if (!target->resjunk && target->resno == writer.protection.column)
			return reinterpret_cast<const Node *>(target->expr);
	}
	return nullptr;
}

// Whether a row of the tenant's stays the tenant's.
bool keeps_tenant(const Writer &writer, const List *targets) {
	const Node *value = assigned(writer, targets);
	if (value == nullptr || is_column(value, writer.query->resultRelation, writer.protection.column))
		return true;
	// The row that was to be inserted was checked, or is the tenant's by proof.
	const OnConflictExpr *conflict = writer.query->onConflict;
	return (conflict != nullptr && is_column(value, conflict->exclRelIndex, writer.protection.column)) ||
		   is_tenant(writer, value);
}

bool gives_tenant(const Writer &writer, const List *targets) {
	const Node *value = assigned(writer, targets);
	if (value == nullptr || !IsA(value, Var))
		return is_tenant(writer, value);
	// The rows of a VALUES list have theirs.
	auto *var = reinterpret_cast<const Var *>(value);
	if (var->varlevelsup != 0)
		return false;
	const RangeTblEntry *source = rt_fetch(var->varno, writer.query->rtable);
	if (source->rtekind != RTE_VALUES)
		return false;
	ListCell *cell;
	foreach (cell, source->values_lists) {
		if (!is_tenant(writer, static_cast<Node *>(list_nth(lfirst_node(List, cell), var->varattno - 1))))
			return false;
	}
	return true;
}

template <typename Predicate> bool all_actions(const Query *merge, CmdType command, Predicate fits) {
	ListCell *cell;
	foreach (cell, merge->mergeActionList) {
		auto *action = lfirst_node(MergeAction, cell);
		if (action->commandType == command && !fits(action->targetList))
			return false;
	}
	return true;
}

bool reads_through_filter(const Writer &writer) {
	const RangeTblEntry *entry = rt_fetch(writer.query->resultRelation, writer.query->rtable);
	return entry->securityQuals != NIL && equal(linitial(entry->securityQuals), writer.filter);
}

// What a unique index says of the tenants of two rows with equal keys: nothing, or that they are equal by the
// filter's own operator, or by another one, which may take two ids for the same.
enum class TenantKey { kNone, kEqual, kOther };

TenantKey tenant_key(const Writer &writer, Oid index) {
	Relation opened = index_open(index, AccessShareLock);
	const Form_pg_index form = opened->rd_index;
	TenantKey key = TenantKey::kNone;
	for (int i = 0; form->indisunique && i < form->indnkeyatts; i++) {
		if (form->indkey.values[i] != writer.protection.column)
			continue;
		const Oid collation = opened->rd_indcollation[i];
		const bool is_equal =
			opened->rd_rel->relam == BTREE_AM_OID &&
			get_op_opfamily_strategy(writer.filter->opno, opened->rd_opfamily[i]) == BTEqualStrategyNumber &&
			(!OidIsValid(collation) || get_collation_isdeterministic(collation));
		key = is_equal ? TenantKey::kEqual : TenantKey::kOther;
	}
	index_close(opened, NoLock);
	return key;
}

bool names_tenant(const Writer &writer, const OnConflictExpr *conflict) {
	if (OidIsValid(conflict->constraint)) {
		const Oid index = get_constraint_index(conflict->constraint);
		return OidIsValid(index) && tenant_key(writer, index) == TenantKey::kEqual;
	}
	ListCell *cell;
	foreach (cell, conflict->arbiterElems) {
		if (is_column(lfirst_node(InferenceElem, cell)->expr, writer.query->resultRelation,
					  writer.protection.column))
			return true;
	}
	return false;
}

// Whether a row that is in the way of the tenant's new row is the tenant's. Which indexes decide is found out
// later: of those that hold all columns that the statement names, any may.
bool conflicts_within_tenant(const Writer &writer) {
	const OnConflictExpr *conflict = writer.query->onConflict;
	if (conflict == nullptr || !names_tenant(writer, conflict))
		return false;
	List *indexes = RelationGetIndexList(writer.table);
	ListCell *cell;
	foreach (cell, indexes) {
		if (tenant_key(writer, lfirst_oid(cell)) == TenantKey::kOther)
			return false;
	}
	return true;
}

bool is_updated_row_safe(const Writer &writer) {
	const TriggerDesc *triggers = writer.table->trigdesc;
	if (triggers != nullptr && triggers->trig_update_before_row)
		return false;
	const Query *query = writer.query;
	switch (query->commandType) {
	case CMD_UPDATE:
		return reads_through_filter(writer) && keeps_tenant(writer, query->targetList);
	case CMD_MERGE:
		return reads_through_filter(writer) && all_actions(query, CMD_UPDATE, [&](const List *targets) {
				   return keeps_tenant(writer, targets);
			   });
	case CMD_INSERT:
		return conflicts_within_tenant(writer) && keeps_tenant(writer, query->onConflict->onConflictSet);
	default:
		return false;
	}
}

bool is_inserted_row_safe(const Writer &writer) {
	const TriggerDesc *triggers = writer.table->trigdesc;
	if (triggers != nullptr && triggers->trig_insert_before_row)
		return false;
	const Query *query = writer.query;
	if (query->commandType == CMD_MERGE)
		return all_actions(query, CMD_INSERT,
						   [&](const List *targets) { return gives_tenant(writer, targets); });
	return query->commandType == CMD_INSERT && gives_tenant(writer, query->targetList);
}

// Whether no row can fail this check, whose condition is the writer's filter.
bool holds(const Writer &writer, WCOKind kind) {
	switch (kind) {
	case WCO_RLS_INSERT_CHECK:
		return is_inserted_row_safe(writer);
	case WCO_RLS_UPDATE_CHECK:
		return is_updated_row_safe(writer);
	case WCO_RLS_CONFLICT_CHECK:
		return conflicts_within_tenant(writer);
	case WCO_RLS_MERGE_UPDATE_CHECK:
	case WCO_RLS_MERGE_DELETE_CHECK:
		return reads_through_filter(writer);
	default:
		return false;
	}
}

bool is_true(const Node *condition) {
	if (!IsA(condition, Const))
		return false;
	auto *constant = reinterpret_cast<const Const *>(condition);
	return !constant->constisnull && DatumGetBool(constant->constvalue);
}

// Whether every row that the query writes is one of this table itself, and its tenant column is what the
// query says.
bool writes_plainly(const Writer &writer) {
	const RangeTblEntry *entry = rt_fetch(writer.query->resultRelation, writer.query->rtable);
	return entry->relkind == RELKIND_RELATION &&
		   (writer.query->commandType == CMD_INSERT || !entry->inh ||
			!writer.table->rd_rel->relhassubclass) &&
		   TupleDescAttr(RelationGetDescr(writer.table), writer.protection.column - 1)->attgenerated == '\0';
}

bool is_needless(Writer *writer, const WithCheckOption *check) {
	if (is_true(check->qual))
		return true;
	writer->filter = reinterpret_cast<const OpExpr *>(check->qual);
	return isolation::is_tenant_filter(check->qual, writer->protection, writer->query->resultRelation,
									   writer->protection.column, nullptr) &&
		   writes_plainly(*writer) && holds(*writer, check->kind);
}

void drop_from(Query *query, const core::TenantId *constant, ParamListInfo parameters) {
	if (query->withCheckOptions == NIL)
		return;
	const Oid relation = rt_fetch(query->resultRelation, query->rtable)->relid;
	const registry::Protection protection = registry::protection_of(relation);
	if (protection.column == InvalidAttrNumber)
		return;
	Writer writer = {query, table_open(relation, NoLock), nullptr, protection, constant, parameters};
	List *needed = NIL;
	ListCell *cell;
	foreach (cell, query->withCheckOptions) {
		auto *check = lfirst_node(WithCheckOption, cell);
		if (!is_needless(&writer, check))
			needed = lappend(needed, check);
	}
	query->withCheckOptions = needed;
	table_close(writer.table, NoLock);
}

} // namespace

void drop_needless_checks(Query *query, const core::TenantId *constant, ParamListInfo parameters) {
	drop_from(query, constant, parameters);
	// Nothing below these writes.
	ListCell *cell;
	foreach (cell, query->cteList)
		drop_from(castNode(Query, lfirst_node(CommonTableExpr, cell)->ctequery), constant, parameters);
}

} // namespace pg_tenant::planning
