// Whether a tenant may work: TN001 to TN005, and 22023 for an id that is no value of the tenant column.
#pragma once

#include "context/frame.hpp"
#include "core/tenant_id.hpp"
#include "registry/relations.hpp"

namespace pg_tenant::registry {

// Raises TN001 if it is NULL.
const core::TenantId *require_tenant(const core::TenantId *tenant);

// Raises unless this tenant may run a statement that uses these protected relations. tenant may be NULL.
// With pg_tenant.on_missing_tenant = empty, a missing tenant may read: the filter then shows nothing.
void require_for_use(const core::TenantId *tenant, const ProtectedUse &use);

// Raises TN005 where the session is sealed, bound to tenants, or has to be signed: what opens tables is not
// for it. The deed is the message's.
void require_free(const char *deed);

// Raises unless what this tenant opened, or none, may go on.
void require_to_resume(const context::BoundTenant &owner);

// The tenant that is being purged, or filled from a template, or NULL: triggers of its rows, and of nobody
// else's, work for it though it is deleted, or pending.
extern const core::TenantId *purged_tenant;

// Raises unless seal and grants let the tenant work, it is registered (where that is required) and active,
// and is who the session says.
void require_in_good_standing(const core::TenantId &tenant);

} // namespace pg_tenant::registry
