// What a statement over its tenant's limits is told: TN007, TN008, TN009, with when to try again.
#pragma once

#include "core/tenant_id.hpp"
#include "limits/rules.hpp"

namespace pg_tenant::limits {

// In microseconds.
[[noreturn]] void refuse_rate(const core::TenantId &id, const Rules &rules, int64 wait);
[[noreturn]] void refuse_place(const core::TenantId &id, const Rules &rules);
[[noreturn]] void refuse_session(const core::TenantId &id, const Rules &rules);
[[noreturn]] void refuse_by_breaker(const core::TenantId &id, int64 wait);

} // namespace pg_tenant::limits
