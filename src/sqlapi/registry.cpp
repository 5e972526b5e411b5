// The triggers on tables of schema tenant that tell all sessions of a change; tenant.new_id
#include "pg/error.hpp"

#include "context/settings.hpp"
#include "registry/configuration.hpp"
#include "registry/tenants.hpp"
#include "sqlapi/arguments.hpp"

extern "C" {
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/inval.h"
#include "utils/uuid.h"
}

namespace context = pg_tenant::context;
namespace registry = pg_tenant::registry;
namespace sqlapi = pg_tenant::sqlapi;

namespace {

// What tenant.new_id() gave last.
pg_uuid_t latest_id;

using Announce = void (*)(const pg_tenant::core::TenantId &);

void announce_row(HeapTuple tuple, TupleDesc descriptor, Announce announce) {
	const char *text = SPI_getvalue(tuple, descriptor, SPI_fnumber(descriptor, "tenant_id"));
	pg_tenant::core::TenantId id;
	// A row whose id no session can have concerns no session.
	if (text != nullptr && context::parse_tenant_id(text, &id) == pg_tenant::core::IdFault::kNone)
		announce(id);
}

void announce_rows(const TriggerData *trigger, Announce announce) {
	TupleDesc descriptor = RelationGetDescr(trigger->tg_relation);
	announce_row(trigger->tg_trigtuple, descriptor, announce);
	if (TRIGGER_FIRED_BY_UPDATE(trigger->tg_event))
		announce_row(trigger->tg_newtuple, descriptor, announce);
}

} // namespace

PG_TENANT_FUNCTION(pg_tenant_announce_table) {
	CacheInvalidateRelcache(sqlapi::called_by_trigger(fcinfo)->tg_relation);
	return PointerGetDatum(nullptr);
}

PG_TENANT_FUNCTION(pg_tenant_announce_change) {
	const TriggerData *trigger = sqlapi::called_by_trigger(fcinfo);
	if (TRIGGER_FIRED_FOR_ROW(trigger->tg_event))
		announce_rows(trigger, registry::announce_change);
	else
		registry::announce_change_of_all();
	return PointerGetDatum(nullptr);
}

PG_TENANT_FUNCTION(pg_tenant_announce_config) {
	announce_rows(sqlapi::called_by_trigger(fcinfo), registry::announce_configuration);
	return PointerGetDatum(nullptr);
}

PG_TENANT_FUNCTION(pg_tenant_new_id) {
	const Datum id = OidFunctionCall0(F_GEN_RANDOM_UUID);
	latest_id = *DatumGetUUIDP(id);
	PG_RETURN_TEXT_P(cstring_to_text(OidOutputFunctionCall(F_UUID_OUT, id)));
}

PG_TENANT_FUNCTION(pg_tenant_is_new_id) {
	pg_tenant::core::TenantId id;
	context::read_tenant_id(sqlapi::required_text(fcinfo, 0, "tenant id"), "tenant id", &id);
	PG_RETURN_BOOL(id.is_uuid && memcmp(id.uuid, latest_id.data, UUID_LEN) == 0);
}
