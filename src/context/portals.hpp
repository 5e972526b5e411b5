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
// the tenant that is set (to none, to all) from now on, until it is dropped.
void note_portal_owner();

// The tenant that a portal belongs to, stored or not; NULL when it touches nothing protected.
const BoundTenant *tenant_of_portal(Portal portal);

// Called after each assignment of app.tenant_id, and when the session begins or ends to see all tenants: what
// is stored for another tenant cannot be run until that tenant is back. Never raises.
void lock_foreign_portals();

// Transactions end what they set without a hook: what is stored for all tenants is locked then, until a
// statement finds that the session still sees all.
void watch_portals();

// Closes the cursors WITH HOLD of other tenants than the present one.
void close_foreign_cursors();

} // namespace pg_tenant::context
