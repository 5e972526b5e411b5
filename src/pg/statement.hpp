// What a background worker needs that is to work as a session does.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "postmaster/bgworker.h"
}

namespace pg_tenant::pg {

// Before 17 it is refused a role that may not log in.
#if PG_VERSION_NUM >= 170000
inline constexpr bool kWorkersLogIn = false;
inline constexpr uint32 kConnectAnyRole = BGWORKER_BYPASS_ROLELOGINCHECK;
#else
inline constexpr bool kWorkersLogIn = true;
inline constexpr uint32 kConnectAnyRole = 0;
#endif

// One statement as a client would send it: in a portal of its own, so that a procedure may commit.
void run_statement(const char *text);

} // namespace pg_tenant::pg
