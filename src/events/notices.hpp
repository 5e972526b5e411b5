// Notifications that there is work: a few in a second for each database, since PostgreSQL lets transactions
// that notify commit only one after another.
#pragma once

#include "pg/prelude.hpp"

namespace pg_tenant::events {

// Shared memory, for the server's hooks. Without preloading each session counts for itself.
void request_notice_memory();
void make_notice_memory();

// Whether this transaction is to notify: nobody else has, just before.
bool claim_notice();

} // namespace pg_tenant::events
