// What a statement over its tenant's limits is told: TN007, TN008, TN009, with when to try again.
#pragma once

#include "core/tenant_id.hpp"
#include "limits/rules.hpp"
#include "limits/sources.hpp"

namespace pg_tenant::limits {

[[noreturn]] void refuse_rate(const core::TenantId &id, const Rules &rules, const Shortage &shortage);
[[noreturn]] void refuse_place(const core::TenantId &id, const Rules &rules);
[[noreturn]] void refuse_session(const core::TenantId &id, const Rules &rules);
// In microseconds.
[[noreturn]] void refuse_by_breaker(const core::TenantId &id, int64 wait);

} // namespace pg_tenant::limits
