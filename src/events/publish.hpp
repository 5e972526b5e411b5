// Putting an event into the outbox, in the caller's transaction.
#pragma once

#include "core/tenant_id.hpp"
#include "pg/prelude.hpp"

extern "C" {
#include "utils/jsonb.h"
#include "utils/uuid.h"
}

namespace pg_tenant::events {

// Types that begin so are the extension's own.
enum class Publisher { kTenant, kExtension };

// Raises 22023 unless the type is well-formed, free to this publisher, and the payload is not too large.
void require_valid_event(const char *type, const Jsonb *payload, int32 version, Publisher publisher);

// The id of the new event; written as the extension's owner.
pg_uuid_t *publish(const core::TenantId &tenant, const char *type, Jsonb *payload, int32 version);

} // namespace pg_tenant::events
