// A token bucket: so many a second on average, and a burst at once. Pure C++; lives in shared memory as well;
// time is an argument, in microseconds.
#pragma once

#include <cstdint>
#include <type_traits>

namespace pg_tenant::core {

struct TokenBucket {
	double rate;  // a second
	double burst; // at least 1
	double tokens;
	std::int64_t counted_to;

	// Full.
	void start(double new_rate, double new_burst, std::int64_t now) noexcept;

	// What was earned until now was earned at the former rate. What a burst is greater by is there at once.
	void change(double new_rate, double new_burst, std::int64_t now) noexcept;

	// False if there is none, and then nothing is taken.
	bool take(std::int64_t now) noexcept;

	// Whether there is one, and what take() does about it then.
	bool has_one(std::int64_t now) noexcept;
	void spend(double number) noexcept { tokens -= number; }

	// How long until there is one; 0 if there is.
	std::int64_t wait() const noexcept;

	// As it was started: nothing is lost if it is started again.
	bool is_full(std::int64_t now) noexcept;

  private:
	void earn(std::int64_t now) noexcept;
};
static_assert(std::is_trivial_v<TokenBucket>);

// A token from each of them, or from none: then the number of the one that is to be waited for longest. -1
// where they were taken.
int take_from_all(TokenBucket *const *buckets, int count, std::int64_t now) noexcept;

} // namespace pg_tenant::core
