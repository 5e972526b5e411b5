#include "jobs/records.hpp"

#include "isolation/catalog.hpp"
#include "pg/error.hpp"
#include "pg/spi.hpp"
#include "registry/table.hpp"

extern "C" {
#include "executor/spi.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
}

namespace pg_tenant::jobs {

using isolation::as_registry;

namespace {

constexpr long kListed = 10000;

const char *quoted(const char *text) { return text == nullptr ? "NULL" : quote_literal_cstr(text); }

const char *quoted_caller() { return quoted(GetUserNameFromId(GetUserId(), false)); }

// Each call has a connection of its own, so that a job of many tenants takes no more memory than one of few.
template <typename Call> void call_registry(Call call) {
	pg::begin_sql();
	as_registry(call);
	pg::end_sql();
}

// Columns of the one row that a function returns, NULL where it has none.
template <int count> void call_function(const char *call, const char *(&values)[count]) {
	call_registry([&] {
		if (SPI_execute(call, false, 1) != SPI_OK_SELECT || SPI_processed != 1)
			elog(ERROR, "SPI_execute failed");
		for (int i = 0; i < count; i++)
			values[i] = pg::kept_value(i + 1);
	});
}

int64 number(const char *value) { return value == nullptr ? 0 : strtoll(value, nullptr, 10); }

LOCKTAG lock_of(int64 id) {
	LOCKTAG tag;
	SET_LOCKTAG_OBJECT(tag, MyDatabaseId, registry::own_relation("jobs"), static_cast<uint32>(id), 0);
	return tag;
}

// The ids in this batch, as an array for SQL.
const char *array_of_batch() {
	StringInfoData text;
	initStringInfo(&text);
	for (uint64 i = 0; i < SPI_processed; i++)
		appendStringInfo(&text, "%s%s", i == 0 ? "" : ", ",
						 quoted(SPI_getvalue(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1)));
	return text.data;
}

// The caller reads the registry by its own privileges: what its condition calls is called by it.
void list_tenants(int64 id, const char *condition) {
	if (condition != nullptr)
		pg::require_expression(condition);
	pg::begin_sql();
	SPIPlanPtr plan = SPI_prepare(
		psprintf("SELECT t.tenant_id FROM tenant.tenants t WHERE t.status OPERATOR(pg_catalog.=) 'active'"
				 " AND (%s\n)",
				 condition == nullptr ? "true" : condition),
		0, nullptr);
	if (plan == nullptr)
		elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(SPI_result));
	Portal portal = SPI_cursor_open(nullptr, plan, nullptr, nullptr, false);
	for (;;) {
		SPI_cursor_fetch(portal, true, kListed);
		if (SPI_processed == 0)
			break;
		const char *ids = array_of_batch();
		SPI_freetuptable(SPI_tuptable);
		as_registry([&] {
			pg::run_sql("SELECT tenant.list_runs(" INT64_FORMAT ", ARRAY[%s]::pg_catalog.text[])", id, ids);
		});
	}
	SPI_cursor_close(portal);
	pg::end_sql();
}

} // namespace

int64 begin_job(const Request &request) {
	const char *begun[2];
	call_function(psprintf("SELECT id, is_new FROM tenant.begin_job(%s, %s, %s, %s, %s, %s)",
						   quoted(request.name), quoted_caller(), quoted(request.command),
						   quoted(request.condition), quoted(request.on_error),
						   request.milliseconds == 0 ? "NULL" : psprintf(INT64_FORMAT, request.milliseconds)),
				  begun);
	const int64 id = number(begun[0]);
	if (begun[1][0] == 't')
		list_tenants(id, request.condition);
	return id;
}

void lock_job(int64 id) {
	const LOCKTAG tag = lock_of(id);
	if (LockAcquire(&tag, ExclusiveLock, true, true) == LOCKACQUIRE_NOT_AVAIL)
		ereport(ERROR, (errcode(ERRCODE_OBJECT_IN_USE),
						errmsg("job " INT64_FORMAT " is being run by another session", id)));
}

void unlock_job(int64 id) {
	const LOCKTAG tag = lock_of(id);
	(void)LockRelease(&tag, ExclusiveLock, true);
}

Job open_job(int64 id, bool retry) {
	const char *opened[4];
	call_function(psprintf("SELECT command, stops, milliseconds, pending FROM tenant.open_job(" INT64_FORMAT
						   ", %s, %s)",
						   id, quoted_caller(), retry ? "true" : "false"),
				  opened);
	return {id, opened[0], opened[1][0] == 't', static_cast<int>(number(opened[2])), number(opened[3])};
}

Job find_job(int64 id) {
	const char *found[3];
	call_function(
		psprintf("SELECT j.command, j.on_error OPERATOR(pg_catalog.=) 'stop', (pg_catalog.date_part("
				 "'epoch', j.time_limit) OPERATOR(pg_catalog.*) 1000)::pg_catalog.int8"
				 " FROM tenant.jobs j WHERE j.job_id OPERATOR(pg_catalog.=) " INT64_FORMAT,
				 id),
		found);
	return {id, found[0], found[1][0] == 't', static_cast<int>(number(found[2])), 0};
}

bool claim_run(const Job &job, Claim *claim) {
	const char *claimed[3];
	call_function(psprintf("SELECT tenant_id, attempt, place FROM tenant.claim_run(" INT64_FORMAT ", %s)",
						   job.id, quote_literal_cstr(claim->tenant)),
				  claimed);
	if (claimed[0] == nullptr)
		return false;
	strlcpy(claim->tenant, claimed[0], sizeof(claim->tenant));
	claim->attempt = static_cast<int>(number(claimed[1]));
	strlcpy(claim->place, claimed[2], sizeof(claim->place));
	return true;
}

void finish_run(const Job &job, const Claim &claim, const Outcome &outcome) {
	call_registry([&] {
		pg::run_sql("SELECT tenant.finish_run(" INT64_FORMAT ", %s, %d, %s, %s, " INT64_FORMAT ", %s, %s)",
					job.id, quoted(claim.tenant), claim.attempt, quoted(claim.place), quoted(outcome.status),
					outcome.rows, quoted(outcome.sqlstate), quoted(outcome.message));
	});
}

Ending close_job(const Job &job) {
	const char *closed[4];
	call_function(
		psprintf("SELECT pending, failed, first_code, first_error FROM tenant.close_job(" INT64_FORMAT ")",
				 job.id),
		closed);
	return {number(closed[0]), number(closed[1]), closed[2], closed[3]};
}

} // namespace pg_tenant::jobs
