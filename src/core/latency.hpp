// A histogram of durations on a logarithmic scale: two buckets to each doubling, so what is read from it is
// right within a fifth. Pure C++; nothing here allocates, raises or throws.
#pragma once

#include <cstddef>
#include <cstdint>

namespace pg_tenant::core {

// The last one has no upper bound: it begins at 2^30 microseconds, 18 minutes.
inline constexpr std::size_t kLatencyBuckets = 56;

// The bucket of a duration.
std::size_t latency_bucket(std::uint64_t microseconds) noexcept;

// The least duration of a bucket.
std::uint64_t latency_floor(std::size_t bucket) noexcept;

// The duration, in microseconds, that this share of those counted does not exceed, which lies between 0 and
// 1; 0 if none was counted. `longest` is the longest one.
double latency_quantile(const std::uint64_t *counts, double share, std::uint64_t longest) noexcept;

} // namespace pg_tenant::core
