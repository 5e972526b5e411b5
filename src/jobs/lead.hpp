// A session runs a job from its beginning to its end. Commits as it goes: for procedures that were called
// outside a transaction block. May raise; the next call goes on with the tenants that are left.
#pragma once

#include "jobs/records.hpp"

namespace pg_tenant::jobs {

// With that many background workers, or by the session itself if it is 1.
void run_new_job(const Request &request, int parallel);

// One that is not finished; with retry also for tenants that failed or were skipped.
void run_again(int64 id, int parallel, bool retry);

} // namespace pg_tenant::jobs
