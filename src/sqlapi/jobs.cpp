// tenant.for_each, resume_job, and what the view of their progress reads
#include "pg/error.hpp"

#include "context/frame.hpp"
#include "context/settings.hpp"
#include "jobs/lead.hpp"
#include "jobs/progress.hpp"
#include "jobs/workers.hpp"
#include "registry/require.hpp"
#include "sqlapi/arguments.hpp"

extern "C" {
#include "datatype/timestamp.h"
#include "funcapi.h"
#include "utils/backend_status.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"
}

namespace jobs = pg_tenant::jobs;
namespace registry = pg_tenant::registry;
namespace sqlapi = pg_tenant::sqlapi;

namespace {

constexpr int kMaxWorkers = 1024;

const char *optional_text(FunctionCallInfo fcinfo, int argument) {
	return PG_ARGISNULL(argument) ? nullptr : text_to_cstring(PG_GETARG_TEXT_PP(argument));
}

int read_parallel(FunctionCallInfo fcinfo, int argument) {
	const int parallel = PG_ARGISNULL(argument) ? 0 : PG_GETARG_INT32(argument);
	if (parallel < 1 || parallel > kMaxWorkers)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("parallel must be between 1 and %d", kMaxWorkers)));
	return parallel;
}

const char *read_on_error(FunctionCallInfo fcinfo, int argument) {
	const char *on_error = sqlapi::required_text(fcinfo, argument, "on_error");
	if (strcmp(on_error, "collect") != 0 && strcmp(on_error, "stop") != 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("on_error must be \"collect\" or \"stop\"")));
	return on_error;
}

// The server's timers count milliseconds in an int.
int64 read_time_limit(FunctionCallInfo fcinfo, int argument) {
	if (PG_ARGISNULL(argument))
		return 0;
	const Interval *limit = PG_GETARG_INTERVAL_P(argument);
	const int64 days = static_cast<int64>(limit->month) * DAYS_PER_MONTH + limit->day;
	const int64 milliseconds = days * (SECS_PER_DAY * 1000L) + limit->time / 1000;
	if (milliseconds < 1 || milliseconds > PG_INT32_MAX)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("time_limit must be between 1 millisecond and 24 days")));
	return milliseconds;
}

const char *read_name(FunctionCallInfo fcinfo, int argument) {
	const char *name = optional_text(fcinfo, argument);
	if (name != nullptr && !pg_tenant::context::is_valid_name(name))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("invalid name of a job"),
						errdetail("A name is 1 to 256 characters, without control characters and without a "
								  "space at its ends.")));
	return name;
}

// A CALL has no plan. If it brought the library, what comes next is seen by all hooks.
void require_may_run(FunctionCallInfo fcinfo, const char *procedure) {
	registry::require_free("run a job");
	sqlapi::require_outside_block(fcinfo, procedure);
	pg_tenant::context::forget_unseen_portal();
}

} // namespace

PG_TENANT_FUNCTION(pg_tenant_for_each) {
	if (jobs::is_worker()) {
		jobs::work();
		PG_RETURN_VOID();
	}
	const jobs::Request request = {read_name(fcinfo, 4), sqlapi::required_text(fcinfo, 0, "command"),
								   optional_text(fcinfo, 3), read_on_error(fcinfo, 2),
								   read_time_limit(fcinfo, 5)};
	const int parallel = read_parallel(fcinfo, 1);
	require_may_run(fcinfo, "for_each");
	jobs::run_new_job(request, parallel);
	PG_RETURN_VOID();
}

PG_TENANT_FUNCTION(pg_tenant_resume_job) {
	if (PG_ARGISNULL(0))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("id must not be null")));
	const int parallel = read_parallel(fcinfo, 1);
	require_may_run(fcinfo, "resume_job");
	jobs::run_again(PG_GETARG_INT64(0), parallel, !PG_ARGISNULL(2) && PG_GETARG_BOOL(2));
	PG_RETURN_VOID();
}

PG_TENANT_FUNCTION(pg_tenant_job_progress) {
	InitMaterializedSRF(fcinfo, 0);
	auto *result = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
	for (int i = 1; i <= pgstat_fetch_stat_numbackends(); i++) {
		jobs::Reported reported;
		if (!jobs::read_report(i, &reported))
			continue;
		Datum values[8] = {Int32GetDatum(reported.pid),    ObjectIdGetDatum(reported.database),
						   Int64GetDatum(reported.job),    Int64GetDatum(reported.workers),
						   Int64GetDatum(reported.total),  Int64GetDatum(reported.done),
						   Int64GetDatum(reported.failed), Int64GetDatum(reported.skipped)};
		bool nulls[8] = {};
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return Datum(0);
}
