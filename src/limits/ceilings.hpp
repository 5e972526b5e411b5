// Times that a tenant's configuration makes shorter than the session has set them.
#pragma once

#include "pg/prelude.hpp"

namespace pg_tenant::limits {

// In milliseconds from the statement's start; 0 is no limit. Never makes it longer, and takes the place of
// what was made shorter before.
void shorten_statement_timeout(int most);
bool is_statement_timeout_shorter();
void restore_statement_timeout();

// Of triggers that are deferred to the end of the transaction, from the first on: the server does not limit
// them.
void limit_deferred_triggers(int most);
void end_deferred_triggers();

// Within a transaction, until it ends; 0 is no limit but those that it has had before. In the middle of a
// statement it is kept in mind until the statement ends.
void lower_idle_timeout(int most);
void note_idle_timeout(int most);

// Whether an error is one that a breaker counts: the server cannot, the statement took too long, a deadlock.
// Called while the error is handled.
bool is_failure(int code);

} // namespace pg_tenant::limits
