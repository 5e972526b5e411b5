// The request headers that carry a tenant's identity between services. Pure C++; nothing raises or allocates.
#pragma once

#include <cstddef>
#include <string_view>

namespace pg_tenant::core {

// In the order of the columns of tenant.identity().
enum class Header { kPlatformId, kTenantId, kTenantName, kRequestId, kTraceId, kSpanId, kOther };
inline constexpr std::size_t kHeaderCount = static_cast<std::size_t>(Header::kOther);

// What each header is called when it is sent on.
inline constexpr std::string_view kHeaderNames[kHeaderCount] = {
	"X-Platform-ID", "X-Tenant-ID", "X-Tenant-Name", "X-Request-ID", "X-Trace-ID", "X-Span-ID",
};

// Header names are compared without regard to case (RFC 9110, 5.1).
Header header_of(std::string_view name) noexcept;

// A field value without the optional white space around it (RFC 9110, 5.5).
std::string_view trim_value(std::string_view value) noexcept;

// Whether UTF-8 begins or ends with other white space, or what looks like none at all: it would make another
// value of one that looks the same.
bool has_outer_space(std::string_view value) noexcept;

} // namespace pg_tenant::core
