// Numbers of changes of configurations, which a transaction draws, and settles when it commits
// (src/schema/51).
#pragma once

#include "pg/prelude.hpp"

namespace pg_tenant::registry {

// The next number.
int64 draw_revision();

// Whether this transaction may have drawn it: a row that is restored brings a number of its own.
bool is_drawn_revision(int64 revision);

// Whether the client's statement is one call of this function of schema tenant, in a transaction of its own:
// nothing comes after it but the commit.
bool is_whole_statement(const char *function);

} // namespace pg_tenant::registry
