// tenant.listed_functions, tenant.definition_of: what the view tenant.trusted_operators and trust() are made
// of
#include "planning/trust.hpp"

#include "pg/error.hpp"

extern "C" {
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"
}

namespace planning = pg_tenant::planning;

namespace {

void put_row(Oid function, const char *why, const char *condition, void *context) {
	const auto *result = static_cast<const ReturnSetInfo *>(context);
	Datum values[3] = {ObjectIdGetDatum(function), CStringGetTextDatum(why), static_cast<Datum>(0)};
	bool nulls[3] = {false, false, condition == nullptr};
	if (condition != nullptr)
		values[2] = CStringGetTextDatum(condition);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

} // namespace

PG_TENANT_FUNCTION(pg_tenant_listed_functions) {
	InitMaterializedSRF(fcinfo, 0);
	planning::visit_trusted(put_row, fcinfo->resultinfo);
	return static_cast<Datum>(0);
}

PG_TENANT_FUNCTION(pg_tenant_definition_of) {
	PG_RETURN_TEXT_P(cstring_to_text(planning::definition_of(PG_GETARG_OID(0))));
}
