// tenant.open_breaker, close_breaker, breaker_states
#include "pg/error.hpp"

#include "context/settings.hpp"
#include "events/audit.hpp"
#include "limits/shared.hpp"
#include "registry/tenants.hpp"
#include "sqlapi/arguments.hpp"

extern "C" {
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/timestamp.h"
}

namespace context = pg_tenant::context;
namespace core = pg_tenant::core;
namespace limits = pg_tenant::limits;
namespace registry = pg_tenant::registry;
namespace sqlapi = pg_tenant::sqlapi;

namespace {

constexpr const char *kStates[] = {"closed", "open", "half-open"};

core::TenantId registered_tenant(FunctionCallInfo fcinfo) {
	pg_tenant::pg::require_preloaded("a circuit breaker");
	core::TenantId id;
	context::read_tenant_id(sqlapi::required_text(fcinfo, 0, "id"), "tenant id", &id);
	AcceptInvalidationMessages();
	if (!registry::is_known(id))
		ereport(ERROR, (errcode(ERRCODE_UNKNOWN_TENANT), errmsg("tenant \"%s\" is not registered", id.text)));
	return id;
}

// Before it is done: no rollback undoes it, but where this fails it is not done.
void record(const core::TenantId &id, const char *action) {
	pg_tenant::events::record({id.text, action, nullptr, "{}", nullptr}, pg_tenant::events::present_origin());
}

} // namespace

PG_TENANT_FUNCTION(pg_tenant_open_breaker) {
	const core::TenantId id = registered_tenant(fcinfo);
	record(id, "breaker_opened");
	limits::hold_open(id);
	PG_RETURN_VOID();
}

PG_TENANT_FUNCTION(pg_tenant_close_breaker) {
	const core::TenantId id = registered_tenant(fcinfo);
	record(id, "breaker_closed");
	limits::close(id);
	PG_RETURN_VOID();
}

PG_TENANT_FUNCTION(pg_tenant_breaker_states) {
	pg_tenant::pg::require_preloaded("a circuit breaker");
	InitMaterializedSRF(fcinfo, 0);
	auto *result = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
	ListCell *cell;
	foreach (cell, limits::list_breakers()) {
		const auto *found = static_cast<const limits::BreakerOf *>(lfirst(cell));
		const core::Breaker &breaker = found->breaker;
		const bool has_end = breaker.state == core::BreakerState::kOpen && !breaker.is_held_open;
		Datum values[6] = {CStringGetTextDatum(found->id),
						   CStringGetTextDatum(kStates[static_cast<int>(breaker.state)]),
						   BoolGetDatum(breaker.is_held_open),
						   Int64GetDatum(static_cast<int64>(breaker.requests)),
						   Int64GetDatum(static_cast<int64>(breaker.failures)),
						   TimestampTzGetDatum(breaker.until)};
		bool nulls[6] = {false, false, false, false, false, !has_end};
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return Datum(0);
}
