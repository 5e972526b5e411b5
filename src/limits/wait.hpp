// Waiting for a place among a tenant's statements.
#pragma once

#include "limits/shared.hpp"

namespace pg_tenant::limits {

// The session has queued up. Whether it has a place now; false once so many microseconds have passed, or
// somebody waits for a lock of this session's. A cancel raises. In no case does the session wait any longer.
bool wait_for_place(Shared *shared, int64 most);

// The session neither waits nor has been given a place: for an error, and the session's end.
void abandon_queue();

} // namespace pg_tenant::limits
