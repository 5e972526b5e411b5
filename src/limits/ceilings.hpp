// Times that a tenant's configuration makes shorter than the session has set them.
#pragma once

#include "pg/prelude.hpp"

namespace pg_tenant::limits {

// In milliseconds from the statement's start; 0 is no limit. Never makes it longer.
void shorten_statement_timeout(int most);
void restore_statement_timeout();

// Within a transaction, until it ends; 0 is no limit but those that it has had before.
void lower_idle_timeout(int most);

// Whether an error is one that a breaker counts: the server cannot, the statement took too long, a deadlock.
// Called while the error is handled.
bool is_failure(int code);

} // namespace pg_tenant::limits
