// Numbering: as a transaction commits, its events get the next numbers of their tenants, and each consumer
// that wants them a delivery. Whoever numbers holds the row of the tenant's stream until the commit is seen:
// so whoever sees an event sees all earlier ones of its tenant, and only those who commit events of the same
// tenant wait.
#pragma once

#include "core/tenant_id.hpp"
#include "pg/prelude.hpp"

extern "C" {
#include "commands/trigger.h"
}

namespace pg_tenant::events {

// The transaction has published for this tenant: streams are locked in one order, whatever the order of
// publishing.
void note_published(const core::TenantId &tenant);

// For the deferred trigger of tenant.events.
void number_event(const TriggerData *trigger);

// PREPARE TRANSACTION refuses what has notified: consumers then find its events when they ask next.
void note_prepare();

void watch_numbering();

} // namespace pg_tenant::events
