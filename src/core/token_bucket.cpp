#include "core/token_bucket.hpp"

#include <algorithm>
#include <cmath>

namespace pg_tenant::core {
namespace {

constexpr double kSecond = 1e6;
// Those who use it at the same time may have read the clock in another order. A clock that is further back
// was set.
constexpr std::uint64_t kDisorder = 1000 * 1000;

// Never negative: `later` is not before `earlier`.
std::uint64_t between(std::int64_t earlier, std::int64_t later) noexcept {
	return static_cast<std::uint64_t>(later) - static_cast<std::uint64_t>(earlier);
}

} // namespace

void TokenBucket::start(double new_rate, double new_burst, std::int64_t now) noexcept {
	rate = new_rate;
	burst = new_burst;
	tokens = new_burst;
	counted_to = now;
}

void TokenBucket::earn(std::int64_t now) noexcept {
	if (now < counted_to) {
		if (between(now, counted_to) > kDisorder)
			counted_to = now;
		return;
	}
	const double earned = static_cast<double>(between(counted_to, now)) * rate / kSecond;
	tokens = std::min(burst, tokens + earned);
	counted_to = now;
}

void TokenBucket::change(double new_rate, double new_burst, std::int64_t now) noexcept {
	if (rate == new_rate && burst == new_burst)
		return;
	earn(now);
	tokens = std::min(new_burst, tokens + std::max(0.0, new_burst - burst));
	rate = new_rate;
	burst = new_burst;
}

bool TokenBucket::has_one(std::int64_t now) noexcept {
	earn(now);
	return tokens >= 1;
}

bool TokenBucket::take(std::int64_t now) noexcept {
	if (!has_one(now))
		return false;
	spend(1);
	return true;
}

std::int64_t TokenBucket::wait() const noexcept {
	if (tokens >= 1)
		return 0;
	return std::max<std::int64_t>(1, std::llround(std::ceil((1 - tokens) / rate * kSecond)));
}

bool TokenBucket::is_full(std::int64_t now) noexcept {
	earn(now);
	return tokens >= burst;
}

int take_from_all(TokenBucket *const *buckets, int count, std::int64_t now) noexcept {
	int longest = -1;
	for (int i = 0; i < count; i++) {
		if (!buckets[i]->has_one(now) && (longest < 0 || buckets[i]->wait() > buckets[longest]->wait()))
			longest = i;
	}
	for (int i = 0; longest < 0 && i < count; i++)
		buckets[i]->spend(1);
	return longest;
}

} // namespace pg_tenant::core
