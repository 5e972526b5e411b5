// tenant.check_reference, check_referenced: the triggers of foreign keys that span tenants
#include "pg/error.hpp"

#include "isolation/references.hpp"

extern "C" {
#include "commands/trigger.h"
}

namespace {

const TriggerData *called_by_trigger(FunctionCallInfo fcinfo) {
	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("this function can only be called as a trigger")));
	return reinterpret_cast<const TriggerData *>(fcinfo->context);
}

} // namespace

PG_TENANT_FUNCTION(pg_tenant_check_reference) {
	pg_tenant::isolation::check_reference(called_by_trigger(fcinfo));
	return PointerGetDatum(nullptr);
}

PG_TENANT_FUNCTION(pg_tenant_check_referenced) {
	pg_tenant::isolation::check_referenced(called_by_trigger(fcinfo));
	return PointerGetDatum(nullptr);
}
