#include "core/breaker.hpp"

#include <algorithm>

namespace pg_tenant::core {

void Breaker::enter(BreakerState next, std::int64_t end) noexcept {
	state = next;
	until = end;
	era++;
	probes = 0;
	requests = 0;
	failures = 0;
}

// A clock that was set back makes nothing last longer than it may from now on.
void Breaker::pass_time(const BreakerRules &rules, std::int64_t now) noexcept {
	if (state == BreakerState::kHalfOpen || is_held_open)
		return;
	const bool is_closed = state == BreakerState::kClosed;
	until = std::min(until, now + (is_closed ? rules.interval : rules.timeout));
	if (now < until)
		return;
	if (is_closed) {
		requests = 0;
		failures = 0;
		until = now + rules.interval;
	} else {
		enter(BreakerState::kHalfOpen, 0);
	}
}

std::int64_t Breaker::wait(const BreakerRules &rules, std::int64_t now) noexcept {
	if (is_held_open)
		return kForever;
	pass_time(rules, now);
	switch (state) {
	case BreakerState::kClosed:
		return 0;
	case BreakerState::kOpen:
		return until - now;
	case BreakerState::kHalfOpen:
		break;
	}
	// When those that were let through will be judged, nobody knows.
	return probes < rules.max_requests ? 0 : std::max<std::int64_t>(1, rules.timeout);
}

std::uint32_t Breaker::admit(const BreakerRules &rules, std::int64_t now) noexcept {
	pass_time(rules, now);
	if (state == BreakerState::kHalfOpen)
		probes++;
	return era;
}

void Breaker::count(const BreakerRules &rules, Verdict verdict, std::int64_t now) noexcept {
	pass_time(rules, now);
	requests++;
	if (verdict == Verdict::kSuccess)
		return;
	failures++;
	if (requests >= rules.minimum &&
		static_cast<double>(failures) >= rules.ratio * static_cast<double>(requests))
		enter(BreakerState::kOpen, now + rules.timeout);
}

void Breaker::judge(const BreakerRules &rules, std::uint32_t admitted_in, Verdict verdict,
					std::int64_t now) noexcept {
	if (admitted_in != era)
		return;
	if (state == BreakerState::kHalfOpen)
		probes--;
	if (verdict == Verdict::kNone)
		return;
	if (state == BreakerState::kClosed)
		count(rules, verdict, now);
	else if (verdict == Verdict::kSuccess)
		close();
	else
		enter(BreakerState::kOpen, now + rules.timeout);
}

void Breaker::hold_open() noexcept {
	enter(BreakerState::kOpen, kForever);
	is_held_open = true;
}

void Breaker::close() noexcept {
	is_held_open = false;
	enter(BreakerState::kClosed, 0);
}

bool Breaker::is_idle(std::int64_t now) const noexcept {
	return state == BreakerState::kClosed && (requests == 0 || now >= until);
}

} // namespace pg_tenant::core
