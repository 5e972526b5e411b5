// tenant.stat_all_tenants
#include "pg/error.hpp"

#include "stats/all_tenants.hpp"

extern "C" {
#include "access/htup_details.h"
#include "funcapi.h"
#include "utils/timestamp.h"
}

namespace stats = pg_tenant::stats;

PG_TENANT_FUNCTION(pg_tenant_stat_all_tenants) {
	const stats::AllTenants read = stats::read_all_tenants();
	TupleDesc descriptor;
	if (get_call_result_type(fcinfo, nullptr, &descriptor) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	Datum values[2] = {Int64GetDatum(static_cast<int64>(read.statements)), TimestampTzGetDatum(read.last_at)};
	bool nulls[2] = {false, read.last_at == 0};
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(descriptor), values, nulls)));
}
