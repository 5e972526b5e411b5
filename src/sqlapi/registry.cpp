// The trigger on tenant.tenants that tells all sessions of a change
#include "pg/error.hpp"

#include "context/settings.hpp"
#include "registry/tenants.hpp"

extern "C" {
#include "commands/trigger.h"
#include "executor/spi.h"
}

namespace context = pg_tenant::context;
namespace registry = pg_tenant::registry;

namespace {

void announce_row(HeapTuple tuple, TupleDesc descriptor) {
	const char *text = SPI_getvalue(tuple, descriptor, SPI_fnumber(descriptor, "tenant_id"));
	pg_tenant::core::TenantId id;
	// A row whose id no session can have concerns no session.
	if (text != nullptr && context::parse_tenant_id(text, &id) == pg_tenant::core::IdFault::kNone)
		registry::announce_change(id);
}

} // namespace

PG_TENANT_FUNCTION(pg_tenant_announce_change) {
	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("announce_change() can only be called as a trigger")));
	auto *trigger = reinterpret_cast<TriggerData *>(fcinfo->context);
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
