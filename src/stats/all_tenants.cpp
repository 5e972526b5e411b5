#include "stats/all_tenants.hpp"

#include "context/settings.hpp"
#include "events/audit.hpp"
#include "pg/error.hpp"
#include "pg/spi.hpp"

extern "C" {
#include "access/xact.h"
#include "miscadmin.h"
#include "port/atomics.h"
#include "storage/ipc.h"
#include "storage/lwlock.h"
#include "storage/shmem.h"
#include "utils/guc.h"
#include "utils/timestamp.h"
}

namespace pg_tenant::stats {
namespace {

struct Counters {
	pg_atomic_uint64 statements;
	pg_atomic_uint64 last_at;
};

// In shared memory; NULL without preloading.
Counters *counters = nullptr;

// No value and no text of the statement: both would be tenants' data.
void write_log(Oid relation) {
	static bool logged_in_session = false;
	if (context::log_all_tenants == context::kLogNothing ||
		(context::log_all_tenants == context::kLogSession && logged_in_session))
		return;
	logged_in_session = true;
	ereport(LOG_SERVER_ONLY, (errmsg("all tenants are seen by role \"%s\" in %s, application \"%s\"",
									 GetUserNameFromId(GetOuterUserId(), true), pg::qualified_name(relation),
									 application_name == nullptr ? "" : application_name),
							  errhidestmt(true), errhidecontext(true)));
}

} // namespace

void request_memory() { RequestAddinShmemSpace(MAXALIGN(sizeof(Counters))); }

void make_memory() {
	bool found;
	LWLockAcquire(AddinShmemInitLock, LW_EXCLUSIVE);
	counters = static_cast<Counters *>(ShmemInitStruct("pg_tenant all tenants", sizeof(Counters), &found));
	if (!found) {
		pg_atomic_init_u64(&counters->statements, 0);
		pg_atomic_init_u64(&counters->last_at, 0);
	}
	LWLockRelease(AddinShmemInitLock);
}

void note_all_tenants(Oid relation) {
	if (counters != nullptr) {
		pg_atomic_fetch_add_u64(&counters->statements, 1);
		pg_atomic_write_u64(&counters->last_at, static_cast<uint64>(GetCurrentStatementStartTimestamp()));
	}
	write_log(relation);
	if (context::audit_log == context::kAuditJson)
		events::log_all_tenants(pg::qualified_name(relation));
}

AllTenants read_all_tenants() {
	pg::require_preloaded("the count of statements for all tenants");
	return {pg_atomic_read_u64(&counters->statements),
			static_cast<TimestampTz>(pg_atomic_read_u64(&counters->last_at))};
}

} // namespace pg_tenant::stats
