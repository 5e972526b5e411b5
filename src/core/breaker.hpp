// A circuit breaker. Closed, it counts requests and failures over an interval; too many failures open it: it
// then lets nothing through until a timeout has passed. From then on, half-open, a few are let through at a
// time: a success closes it, a failure opens it again. Pure C++; lives in shared memory as well; time is an
// argument, in microseconds.
#pragma once

#include <cstdint>
#include <type_traits>

namespace pg_tenant::core {

struct BreakerRules {
	std::uint32_t max_requests; // at a time, half-open
	std::int64_t interval;
	std::int64_t timeout;
	double ratio;          // of failures among requests
	std::uint32_t minimum; // of requests
};

enum class BreakerState : std::uint8_t { kClosed, kOpen, kHalfOpen };
enum class Verdict : std::uint8_t { kSuccess, kFailure, kNone };

// All zero: closed.
struct Breaker {
	BreakerState state;
	bool is_held_open;      // by hand
	std::uint32_t era;      // since the state last changed
	std::uint32_t probes;   // let through half-open, and not judged yet
	std::uint64_t requests; // in this interval
	std::uint64_t failures;
	std::int64_t until; // the end of the interval, or of the timeout

	// How long nothing is let through; 0 if it is, kForever while it is held open.
	static constexpr std::int64_t kForever = INT64_MAX;
	std::int64_t wait(const BreakerRules &rules, std::int64_t now) noexcept;

	// Lets one through, which wait() allows. Returns the era, for what it comes to.
	std::uint32_t admit(const BreakerRules &rules, std::int64_t now) noexcept;

	// What was let through in that era came to this. What the state has changed since does not count.
	void judge(const BreakerRules &rules, std::uint32_t admitted_in, Verdict verdict,
			   std::int64_t now) noexcept;

	// By hand: open until it is closed by hand.
	void hold_open() noexcept;
	void close() noexcept;

	// Nothing is lost if it is made anew.
	bool is_idle(std::int64_t now) const noexcept;

  private:
	void enter(BreakerState next, std::int64_t end) noexcept;
	void pass_time(const BreakerRules &rules, std::int64_t now) noexcept;
	void count(const BreakerRules &rules, Verdict verdict, std::int64_t now) noexcept;
};
static_assert(std::is_trivial_v<Breaker>);

} // namespace pg_tenant::core
