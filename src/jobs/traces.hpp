// What a command leaves in its session that outlives its transaction: prepared statements, cursors WITH HOLD,
// channels, advisory locks, temporary objects, a seal. What the session had before stays. Settings are not of
// these: they end with the run. Needs pg::begin_committing_sql(); may raise.
#pragma once

#include "pg/prelude.hpp"

namespace pg_tenant::jobs {

// What the session has now.
const char *note_session();

// Removes what has come since, once its transaction has ended.
void clean_session(const char *before);

} // namespace pg_tenant::jobs
