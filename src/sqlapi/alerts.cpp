// tenant.alert_type, alert_values, count_since, quantile_since
#include "alerts/expression.hpp"
#include "core/latency.hpp"
#include "pg/error.hpp"
#include "sqlapi/arguments.hpp"

extern "C" {
#include "catalog/pg_type_d.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"
}

namespace sqlapi = pg_tenant::sqlapi;
namespace core = pg_tenant::core;

namespace {

struct Counts {
	const Datum *values;
	int count;
};

// None of NULL.
Counts counts_of(FunctionCallInfo fcinfo, int argument) {
	static constexpr Datum kNone = 0;
	if (PG_ARGISNULL(argument))
		return {&kNone, 0};
	Datum *values;
	int count;
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(argument), INT8OID, sizeof(int64), FLOAT8PASSBYVAL,
					  TYPALIGN_DOUBLE, &values, nullptr, &count);
	return {values, count};
}

// Never less than zero, since counters may have begun anew.
uint64 increase(const Counts &now, const Counts &before, int place) {
	const int64 then = place < before.count ? DatumGetInt64(before.values[place]) : 0;
	return static_cast<uint64>(Max(DatumGetInt64(now.values[place]) - then, 0));
}

} // namespace

PG_TENANT_FUNCTION(pg_tenant_alert_type) {
	PG_RETURN_OID(pg_tenant::alerts::type_of(sqlapi::required_text(fcinfo, 0, "expression")));
}

PG_TENANT_FUNCTION(pg_tenant_alert_values) {
	const char *expression = sqlapi::required_text(fcinfo, 0, "expression");
	if (PG_ARGISNULL(1))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("time_window must not be null")));
	InitMaterializedSRF(fcinfo, 0);
	pg_tenant::alerts::evaluate(expression, PG_GETARG_DATUM(1),
								reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo)->setResult);
	return Datum(0);
}

// The sum over the places from one to another, counted from 1.
PG_TENANT_FUNCTION(pg_tenant_count_since) {
	const Counts now = counts_of(fcinfo, 0);
	const Counts before = counts_of(fcinfo, 1);
	double sum = 0;
	for (int i = Max(PG_GETARG_INT32(2), 1); i <= Min(PG_GETARG_INT32(3), now.count); i++)
		sum += static_cast<double>(increase(now, before, i - 1));
	PG_RETURN_FLOAT8(sum);
}

PG_TENANT_FUNCTION(pg_tenant_quantile_since) {
	const Counts now = counts_of(fcinfo, 0);
	const Counts before = counts_of(fcinfo, 1);
	uint64 counts[core::kLatencyBuckets] = {};
	for (int i = 0; i < Min(now.count, static_cast<int>(core::kLatencyBuckets)); i++)
		counts[i] = increase(now, before, i);
	// What no histogram of ours has is nobody's longest time either.
	const double longest = PG_GETARG_FLOAT8(3) * 1000;
	const bool is_sane = longest >= 0 && longest < 1e18;
	PG_RETURN_FLOAT8(
		core::latency_quantile(counts, PG_GETARG_FLOAT8(2), is_sane ? static_cast<uint64>(longest) : 0) /
		1000);
}
