// tenant.tenant_counters, top_counters, stat_reset, and what the views stat_tenants_info and stat_sessions
// read
#include "pg/error.hpp"

#include "context/settings.hpp"
#include "events/audit.hpp"
#include "sqlapi/arguments.hpp"
#include "stats/table.hpp"

extern "C" {
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"
}

namespace stats = pg_tenant::stats;
namespace core = pg_tenant::core;

namespace {

Datum as_array(const uint64 *values, int count) {
	auto *elements = static_cast<Datum *>(palloc(static_cast<Size>(count) * sizeof(Datum)));
	for (int i = 0; i < count; i++)
		elements[i] = Int64GetDatum(static_cast<int64>(values[i]));
	return PointerGetDatum(
		construct_array(elements, count, INT8OID, sizeof(int64), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

Datum quantile(const stats::Counters &counted, double share) {
	return Float8GetDatum(core::latency_quantile(counted.latency, share, counted.longest) / 1000);
}

void put_row(const ReturnSetInfo *result, const stats::Row &row) {
	const stats::Counters &counted = row.counted;
	const bool is_nobody = stats::is_nobody(row.key);
	Datum values[] = {CStringGetTextDatum(is_nobody ? "other" : row.key.text),
					  BoolGetDatum(is_nobody),
					  as_array(counted.values, stats::kCounters),
					  as_array(counted.errors, stats::kErrorClassCount),
					  as_array(counted.refusals, stats::kRefusals),
					  as_array(counted.latency, core::kLatencyBuckets),
					  Float8GetDatum(static_cast<double>(counted.longest) / 1000),
					  quantile(counted, 0.5),
					  quantile(counted, 0.95),
					  quantile(counted, 0.99),
					  Int64GetDatum(row.sessions),
					  Int64GetDatum(row.running),
					  TimestampTzGetDatum(counted.first_seen),
					  TimestampTzGetDatum(counted.last_seen)};
	bool nulls[lengthof(values)] = {};
	nulls[12] = nulls[13] = counted.last_seen == 0;
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

void put_rows(FunctionCallInfo fcinfo, const stats::Row *rows, int count) {
	const auto *result = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
	for (int i = 0; i < count; i++)
		put_row(result, rows[i]);
}

} // namespace

PG_TENANT_FUNCTION(pg_tenant_tenant_counters) {
	InitMaterializedSRF(fcinfo, 0);
	int count;
	const stats::Row *rows = stats::read_rows(&count);
	put_rows(fcinfo, rows, count);
	return Datum(0);
}

// For monitoring, whose costs rise with the number of names.
PG_TENANT_FUNCTION(pg_tenant_top_counters) {
	constexpr int kMost = 1000;
	if (PG_ARGISNULL(0) || PG_GETARG_INT32(0) < 0 || PG_GETARG_INT32(0) > kMost)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("the number of tenants by name must be between 0 and %d", kMost)));
	InitMaterializedSRF(fcinfo, 0);
	int count;
	const stats::Row *rows = stats::read_most_used(PG_GETARG_INT32(0), &count);
	put_rows(fcinfo, rows, count);
	return Datum(0);
}

PG_TENANT_FUNCTION(pg_tenant_tenant_sessions) {
	InitMaterializedSRF(fcinfo, 0);
	const auto *result = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
	int count;
	const stats::Slot *slots = stats::read_slots(&count);
	for (int i = 0; i < count; i++) {
		if (!slots[i].is_here)
			continue;
		Datum values[] = {Int32GetDatum(slots[i].pid), CStringGetTextDatum(slots[i].key.text),
						  BoolGetDatum(slots[i].is_running), TimestampTzGetDatum(slots[i].since),
						  Int64GetDatum(static_cast<int64>(slots[i].statements))};
		bool nulls[lengthof(values)] = {};
		nulls[3] = slots[i].since == 0;
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return Datum(0);
}

PG_TENANT_FUNCTION(pg_tenant_tracked_tenants) {
	TupleDesc descriptor;
	if (get_call_result_type(fcinfo, nullptr, &descriptor) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	const stats::Info info = stats::read_info();
	Datum values[] = {Int64GetDatum(info.most), Int64GetDatum(info.now), Int64GetDatum(info.evictions),
					  TimestampTzGetDatum(info.since)};
	bool nulls[lengthof(values)] = {};
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(descriptor), values, nulls));
}

// The bounds between the counts of tenant_counters(), in milliseconds.
PG_TENANT_FUNCTION(pg_tenant_latency_bounds) {
	Datum bounds[core::kLatencyBuckets - 1];
	for (size_t i = 0; i < lengthof(bounds); i++)
		bounds[i] = Float8GetDatum(static_cast<double>(core::latency_floor(i + 1)) / 1000);
	PG_RETURN_ARRAYTYPE_P(construct_array(bounds, lengthof(bounds), FLOAT8OID, sizeof(float8),
										  FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

PG_TENANT_FUNCTION(pg_tenant_stat_reset) {
	const bool is_all = PG_ARGISNULL(0);
	core::TenantId id;
	if (!is_all)
		pg_tenant::context::read_tenant_id(text_to_cstring(PG_GETARG_TEXT_PP(0)), "tenant id", &id);
	pg_tenant::events::record({is_all ? nullptr : id.text, "statistics_reset", nullptr, "{}", nullptr},
							  pg_tenant::events::present_origin());
	stats::reset(is_all ? nullptr : &id);
	PG_RETURN_VOID();
}
