// Which tenants roles are bound to: a backend cache of tenant.role_grants, kept right by relcache messages
// about that table. A role without grants is bound to none.
#pragma once

#include "core/tenant_id.hpp"
#include "pg/prelude.hpp"

namespace pg_tenant::registry {

// Whether the session's user or the role that it acts as has grants. SECURITY DEFINER changes neither. Reads
// tables; what other sessions committed counts.
bool is_session_bound();

// Raises TN005 unless each of the two, if it has grants, has one for this tenant.
void require_grant(const core::TenantId &tenant);

// Whether what needs no tenant is this one's, if it is set: not without the grant, nor the signed seal, that
// it takes to see its rows.
bool may_work_for(const core::TenantId &tenant);

// Called for every relcache message; never raises.
void forget_grants(Oid relation);

} // namespace pg_tenant::registry
