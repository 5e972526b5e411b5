// The triggers on tables of schema tenant that tell all sessions of a change
#include "pg/error.hpp"

#include "context/settings.hpp"
#include "registry/tenants.hpp"

extern "C" {
#include "commands/trigger.h"
#include "executor/spi.h"
#include "utils/inval.h"
}

namespace context = pg_tenant::context;
namespace registry = pg_tenant::registry;

namespace {

TriggerData *required_trigger(FunctionCallInfo fcinfo) {
	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("this function can only be called as a trigger")));
	return reinterpret_cast<TriggerData *>(fcinfo->context);
}

void announce_row(HeapTuple tuple, TupleDesc descriptor) {
	const char *text = SPI_getvalue(tuple, descriptor, SPI_fnumber(descriptor, "tenant_id"));
	pg_tenant::core::TenantId id;
	// A row whose id no session can have concerns no session.
	if (text != nullptr && context::parse_tenant_id(text, &id) == pg_tenant::core::IdFault::kNone)
		registry::announce_change(id);
}

} // namespace

PG_TENANT_FUNCTION(pg_tenant_announce_table) {
	CacheInvalidateRelcache(required_trigger(fcinfo)->tg_relation);
	return PointerGetDatum(nullptr);
}

PG_TENANT_FUNCTION(pg_tenant_announce_change) {
	const TriggerData *trigger = required_trigger(fcinfo);
	if (!TRIGGER_FIRED_FOR_ROW(trigger->tg_event)) {
		registry::announce_change_of_all();
		return PointerGetDatum(nullptr);
	}
	TupleDesc descriptor = RelationGetDescr(trigger->tg_relation);
	announce_row(trigger->tg_trigtuple, descriptor);
	if (TRIGGER_FIRED_BY_UPDATE(trigger->tg_event))
		announce_row(trigger->tg_newtuple, descriptor);
	return PointerGetDatum(nullptr);
}
