#include "planning/occasion.hpp"

#include <cstring>

#include "context/settings.hpp"

extern "C" {
#include "catalog/pg_type_d.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "tcop/pquery.h"
#include "tcop/tcopprot.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/ps_status.h"
#include "utils/uuid.h"
}

namespace pg_tenant::planning {

bool is_explained = false;

namespace {

// A simple query is planned from the very tree that was analyzed, while plan caches plan copies. It is
// forgotten with the memory that it lives in, before another tree can come to lie there.
const Query *analyzed = nullptr;

void forget_analyzed(void *) { analyzed = nullptr; }

// A plan cache that analyzes a statement anew, for a Bind message, plans that very tree too, and keeps the
// plan. Nothing else tells the two messages apart than what the process says that it does; where it says
// nothing (update_process_title), no query counts as simple.
bool is_simple_message() {
	int length;
	const char *display = get_ps_display(&length);
	for (const char *command : {"SELECT", "INSERT", "UPDATE", "DELETE", "MERGE"}) {
		if (update_process_title && strcmp(display, command) == 0)
			return true;
	}
	return false;
}

// The client's own statement, not one that a function runs: functions keep some plans of queries just
// analyzed.
bool is_clients_text(const char *text) { return text == debug_query_string && ActivePortal == nullptr; }

} // namespace

void note_analyzed(const Query *query, const char *text) {
	analyzed = nullptr;
	if (query->commandType == CMD_UTILITY || !is_clients_text(text))
		return;
	auto *callback = static_cast<MemoryContextCallback *>(palloc0(sizeof(MemoryContextCallback)));
	callback->func = forget_analyzed;
	MemoryContextRegisterResetCallback(CurrentMemoryContext, callback);
	analyzed = query;
}

bool is_for_one_use(const Query *query, const char *text, ParamListInfo parameters) {
	const bool is_shown = is_explained;
	is_explained = false;
	const bool is_simple = query == analyzed && is_clients_text(text) && is_simple_message();
	analyzed = nullptr;
	return parameters != nullptr || is_simple || is_shown;
}

namespace {

// NULL if the tenant has no value of this type of a tenant column.
Const *tenant_constant(const core::TenantId &tenant, Oid type, Oid collation) {
	switch (type) {
	case UUIDOID: {
		if (!tenant.is_uuid)
			return nullptr;
		auto *uuid = static_cast<pg_uuid_t *>(palloc(sizeof(pg_uuid_t)));
		memcpy(uuid->data, tenant.uuid, sizeof(uuid->data));
		return makeConst(type, -1, InvalidOid, sizeof(pg_uuid_t), UUIDPGetDatum(uuid), false, false);
	}
	case INT8OID:
		return !tenant.is_number ? nullptr
								 : makeConst(type, -1, InvalidOid, sizeof(int64),
											 Int64GetDatum(tenant.number), false, FLOAT8PASSBYVAL);
	case INT4OID:
		if (!tenant.is_number || tenant.number < PG_INT32_MIN || tenant.number > PG_INT32_MAX)
			return nullptr;
		return makeConst(type, -1, InvalidOid, sizeof(int32),
						 Int32GetDatum(static_cast<int32>(tenant.number)), false, true);
	case TEXTOID:
		return makeConst(type, -1, collation, -1, CStringGetTextDatum(tenant.text), false, false);
	default:
		return nullptr;
	}
}

} // namespace

void use_constant(Node *filter, const core::TenantId &tenant) {
	if (!IsA(filter, OpExpr))
		return;
	auto *comparison = reinterpret_cast<OpExpr *>(filter);
	auto *function = static_cast<Node *>(lsecond(comparison->args));
	if (!IsA(function, FuncExpr))
		return;
	Const *constant = tenant_constant(tenant, exprType(function), exprCollation(function));
	if (constant != nullptr)
		lsecond(comparison->args) = constant;
}

} // namespace pg_tenant::planning
