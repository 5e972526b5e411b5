#include "core/latency.hpp"

#include <algorithm>

namespace pg_tenant::core {
namespace {

// What is shorter than this is not told apart.
constexpr unsigned kFirstBit = 3;

} // namespace

std::size_t latency_bucket(std::uint64_t microseconds) noexcept {
	if (microseconds < (std::uint64_t{1} << kFirstBit))
		return 0;
	const unsigned bit = 63U - static_cast<unsigned>(__builtin_clzll(microseconds));
	const std::size_t half = (microseconds >> (bit - 1)) & 1U;
	return std::min<std::size_t>(1 + (bit - kFirstBit) * 2 + half, kLatencyBuckets - 1);
}

std::uint64_t latency_floor(std::size_t bucket) noexcept {
	if (bucket == 0)
		return 0;
	const std::size_t bit = kFirstBit + (bucket - 1) / 2;
	const std::uint64_t power = std::uint64_t{1} << bit;
	return (bucket - 1) % 2 == 0 ? power : power + power / 2;
}

double latency_quantile(const std::uint64_t *counts, double share, std::uint64_t longest) noexcept {
	std::uint64_t total = 0;
	for (std::size_t i = 0; i < kLatencyBuckets; i++)
		total += counts[i];
	double rank = share * static_cast<double>(total);
	for (std::size_t i = 0; i < kLatencyBuckets; i++) {
		const auto count = static_cast<double>(counts[i]);
		if (count == 0 || rank > count) {
			rank -= count;
			continue;
		}
		// As if those of a bucket were spread evenly over it.
		const auto from = static_cast<double>(latency_floor(i));
		const auto most = static_cast<double>(longest);
		const double to = i + 1 < kLatencyBuckets
							  ? std::min(static_cast<double>(latency_floor(i + 1)), std::max(most, from))
							  : std::max(most, from);
		return from + (to - from) * std::max(rank, 0.0) / count;
	}
	return total == 0 ? 0 : static_cast<double>(longest);
}

} // namespace pg_tenant::core
