// What tenants are configured to: a backend cache, kept right by relcache messages on buckets of its own, so
// that a commit in one session holds from the next statement on in all.
#pragma once

#include "core/tenant_id.hpp"
#include "pg/prelude.hpp"

extern "C" {
#include "utils/jsonb.h"
}

namespace pg_tenant::registry {

// The defaults, patched by those of the tenant's platform, patched by its own. Never NULL. Valid until the
// next call of this, or one that may accept invalidation messages. May raise; reads with a snapshot of its
// own. For who keeps what it found in it: that is void once the generation is another.
const Jsonb *find_configuration(const core::TenantId &id, uint64 *generation = nullptr);
uint64 configuration_generation(const core::TenantId &id);

// Tells every session, when this transaction commits, that what it knows of the tenant's is void.
void announce_configuration(const core::TenantId &id);

// Called for every relcache message; never raises.
void forget_configurations(Oid relation);

} // namespace pg_tenant::registry
