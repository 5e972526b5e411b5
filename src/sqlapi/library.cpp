// tenant.library
#include "pg/error.hpp"

extern "C" {
#include "access/htup_details.h"
#include "funcapi.h"
#include "utils/builtins.h"
}

namespace pg = pg_tenant::pg;

PG_TENANT_FUNCTION(pg_tenant_library) {
	TupleDesc descriptor;
	if (get_call_result_type(fcinfo, nullptr, &descriptor) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	const char *loaded = pg::loaded_by == pg::LoadedBy::kShared    ? "shared"
						 : pg::loaded_by == pg::LoadedBy::kSession ? "session"
																   : "demand";
	Datum values[2] = {CStringGetTextDatum(PG_TENANT_VERSION), CStringGetTextDatum(loaded)};
	bool nulls[2] = {false, false};
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(descriptor), values, nulls)));
}
