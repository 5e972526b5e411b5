#include "isolation/filter.hpp"

#include <cstring>
#include <string_view>

#include "isolation/label.hpp"

extern "C" {
#include "catalog/pg_type_d.h"
#include "nodes/primnodes.h"
#include "rewrite/rewriteManip.h"
#include "rewrite/rowsecurity.h"
#include "utils/builtins.h"
#include "utils/uuid.h"
}

namespace pg_tenant::isolation {

Node *tenant_filter(Relation relation, int index, bool *has_sub_select) {
	if (registry::needs_label(relation->rd_rel->relkind))
		return labelled_filter(relation, index, has_sub_select);
	ListCell *cell;
	foreach (cell, relation->rd_rsdesc->policies) {
		auto *policy = static_cast<RowSecurityPolicy *>(lfirst(cell));
		if (strcmp(policy->policy_name, registry::kIsolationPolicy) == 0) {
			auto *filter = static_cast<Node *>(copyObjectImpl(policy->qual));
			ChangeVarNodes(filter, 1, index, 0);
			return filter;
		}
	}
	elog(ERROR, "policy of \"%s\" is gone", RelationGetRelationName(relation));
}

bool is_tenant_filter(const Node *condition, const registry::Protection &protection, int index,
					  AttrNumber column, const core::TenantId *tenant) {
	if (!IsA(condition, OpExpr))
		return false;
	auto *comparison = reinterpret_cast<const OpExpr *>(condition);
	if (!OidIsValid(protection.function) || comparison->opno != protection.equality ||
		comparison->inputcollid != protection.collation ||
		!is_column(static_cast<Node *>(linitial(comparison->args)), index, column))
		return false;
	auto *value = static_cast<const Node *>(lsecond(comparison->args));
	if (IsA(value, FuncExpr))
		return reinterpret_cast<const FuncExpr *>(value)->funcid == protection.function;
	if (tenant == nullptr || !IsA(value, Const))
		return false;
	auto *constant = reinterpret_cast<const Const *>(value);
	return !constant->constisnull && is_id(constant->consttype, constant->constvalue, *tenant);
}

bool is_id(Oid type, Datum value, const core::TenantId &tenant) {
	switch (type) {
	case UUIDOID:
		return tenant.is_uuid && memcmp(DatumGetUUIDP(value)->data, tenant.uuid, UUID_LEN) == 0;
	case TEXTOID:
	case VARCHAROID: {
		const text *id = DatumGetTextPP(value);
		return std::string_view(VARDATA_ANY(id), VARSIZE_ANY_EXHDR(id)) ==
			   std::string_view(tenant.text, tenant.length);
	}
	case INT8OID:
		return tenant.is_number && DatumGetInt64(value) == tenant.number;
	case INT4OID:
		return tenant.is_number && DatumGetInt32(value) == tenant.number;
	default:
		return false;
	}
}

const Node *without_relabel(const Node *expression) {
	while (expression != nullptr && IsA(expression, RelabelType))
		expression = reinterpret_cast<const Node *>(reinterpret_cast<const RelabelType *>(expression)->arg);
	return expression;
}

bool is_column(const Node *expression, int index, AttrNumber column) {
	expression = without_relabel(expression);
	if (expression == nullptr || !IsA(expression, Var))
		return false;
	auto *var = reinterpret_cast<const Var *>(expression);
	return var->varno == index && var->varattno == column && var->varlevelsup == 0;
}

} // namespace pg_tenant::isolation
