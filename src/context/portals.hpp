// Portals that hold their rows in a store: cursors WITH HOLD after their transaction, INSERT … RETURNING and
// the like, EXECUTE. They are read without passing the executor, so whose they are is kept beside them.
#pragma once

#include "context/frame.hpp"
#include "pg/prelude.hpp"

extern "C" {
#include "utils/portal.h"
}

namespace pg_tenant::context {

// Called when a protected statement starts: if the portal that runs now will store its rows, it belongs to
// this tenant (NULL: to none) from now on, until it is dropped.
void note_portal_owner(const core::TenantId *tenant);

// The tenant that a portal belongs to, stored or not; NULL when it touches nothing protected.
const BoundTenant *tenant_of_portal(Portal portal);

// Called at each assignment of app.tenant_id, after it: what is stored for another tenant cannot be run until
// that tenant is back. Never raises.
void lock_foreign_portals();

} // namespace pg_tenant::context
