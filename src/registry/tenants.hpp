// Which tenants are registered, and in what state: a backend cache of tenant.tenants, kept right by relcache
// messages on bucket relations, so that a commit in one session holds from the next statement on in all. It
// keeps as many tenants as pg_tenant.cached_tenants says: those that were asked for last.
#pragma once

#include "core/tenant_id.hpp"
#include "pg/prelude.hpp"

namespace pg_tenant::registry {

enum class TenantStatus : uint8 { kUnknown, kPending, kActive, kSuspended, kDeleted };

struct Tenant {
	TenantStatus status;
	const char *name;        // NULL when the registry has none
	const char *platform_id; // NULL when it belongs to none
};

// The registry's view of the tenant; never NULL (kUnknown when it is not registered). Valid until the next
// call of this, or one that may accept invalidation messages. May raise; reads the registry with a snapshot
// of its own.
const Tenant *find_tenant(const core::TenantId &id);

// Whether it is registered, or tenants need not be. May raise, and the same holds for what find_tenant()
// returned.
bool is_known(const core::TenantId &id);

// Tells every session, when this transaction commits, that what it knows of the tenant is void.
void announce_change(const core::TenantId &id);

// The same for all tenants.
void announce_change_of_all();

// Called for every relcache message; never raises.
void forget_tenants(Oid relation);

} // namespace pg_tenant::registry
