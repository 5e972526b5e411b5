#include "core/breaker.hpp"

#include <random>
#include <vector>

#include <gtest/gtest.h>

using pg_tenant::core::Breaker;
using pg_tenant::core::BreakerRules;
using pg_tenant::core::BreakerState;
using pg_tenant::core::Verdict;

namespace {

constexpr std::int64_t kSecond = 1000 * 1000;
constexpr std::int64_t kStart = 800000000 * kSecond;
constexpr BreakerRules kRules = {2, 10 * kSecond, 5 * kSecond, 0.5, 4};

// One request, if it is let through.
bool request(Breaker *breaker, Verdict verdict, std::int64_t now) {
	if (breaker->wait(kRules, now) != 0)
		return false;
	breaker->judge(kRules, breaker->admit(kRules, now), verdict, now);
	return true;
}

void fail(Breaker *breaker, int times, std::int64_t now) {
	for (int i = 0; i < times; i++)
		EXPECT_TRUE(request(breaker, Verdict::kFailure, now));
}

Breaker opened(std::int64_t now) {
	Breaker breaker = {};
	fail(&breaker, 4, now);
	EXPECT_EQ(breaker.state, BreakerState::kOpen);
	return breaker;
}

} // namespace

TEST(Breaker, OpensAtTheRatioOfEnoughRequests) {
	Breaker breaker = {};
	fail(&breaker, 3, kStart);
	EXPECT_EQ(breaker.state, BreakerState::kClosed) << "too few to tell";
	fail(&breaker, 1, kStart);
	EXPECT_EQ(breaker.state, BreakerState::kOpen);

	breaker = {};
	for (int i = 0; i < 5; i++)
		EXPECT_TRUE(request(&breaker, Verdict::kSuccess, kStart));
	fail(&breaker, 4, kStart);
	EXPECT_EQ(breaker.state, BreakerState::kClosed) << "4 of 9";
	fail(&breaker, 1, kStart);
	EXPECT_EQ(breaker.state, BreakerState::kOpen) << "5 of 10";
}

TEST(Breaker, CountsWithinAnInterval) {
	Breaker breaker = {};
	fail(&breaker, 3, kStart);
	fail(&breaker, 3, kStart + 10 * kSecond);
	EXPECT_EQ(breaker.state, BreakerState::kClosed);
	EXPECT_EQ(breaker.failures, 3u);
	fail(&breaker, 1, kStart + 19 * kSecond);
	EXPECT_EQ(breaker.state, BreakerState::kOpen);
}

TEST(Breaker, LetsNothingThroughUntilItsTimeout) {
	Breaker breaker = opened(kStart);
	EXPECT_EQ(breaker.wait(kRules, kStart), 5 * kSecond);
	EXPECT_EQ(breaker.wait(kRules, kStart + 2 * kSecond), 3 * kSecond);
	EXPECT_EQ(breaker.wait(kRules, kStart + 5 * kSecond - 1), 1);
	EXPECT_EQ(breaker.wait(kRules, kStart + 5 * kSecond), 0);
	EXPECT_EQ(breaker.state, BreakerState::kHalfOpen);
}

TEST(Breaker, LetsAFewThroughHalfOpen) {
	Breaker breaker = opened(kStart);
	const std::int64_t now = kStart + 5 * kSecond;
	const std::uint32_t first = breaker.admit(kRules, now);
	EXPECT_EQ(breaker.wait(kRules, now), 0);
	const std::uint32_t second = breaker.admit(kRules, now);
	EXPECT_GT(breaker.wait(kRules, now), 0) << "two at a time";
	// Neither tells anything.
	breaker.judge(kRules, first, Verdict::kNone, now);
	EXPECT_EQ(breaker.wait(kRules, now), 0);
	EXPECT_EQ(breaker.state, BreakerState::kHalfOpen);
	breaker.judge(kRules, second, Verdict::kSuccess, now);
	EXPECT_EQ(breaker.state, BreakerState::kClosed);
	EXPECT_EQ(breaker.failures, 0u);
}

TEST(Breaker, OpensAgainWhenOneFails) {
	Breaker breaker = opened(kStart);
	const std::int64_t now = kStart + 5 * kSecond;
	const std::uint32_t first = breaker.admit(kRules, now);
	const std::uint32_t second = breaker.admit(kRules, now);
	breaker.judge(kRules, first, Verdict::kFailure, now);
	EXPECT_EQ(breaker.state, BreakerState::kOpen);
	EXPECT_EQ(breaker.wait(kRules, now), 5 * kSecond);
	breaker.judge(kRules, second, Verdict::kSuccess, now);
	EXPECT_EQ(breaker.state, BreakerState::kOpen) << "what was let through earlier does not close it";
}

TEST(Breaker, ForgetsWhatWasLetThroughBeforeItOpened) {
	Breaker breaker = {};
	const std::uint32_t slow = breaker.admit(kRules, kStart);
	fail(&breaker, 4, kStart);
	const std::int64_t now = kStart + 5 * kSecond;
	EXPECT_EQ(breaker.wait(kRules, now), 0);
	breaker.judge(kRules, slow, Verdict::kSuccess, now);
	EXPECT_EQ(breaker.state, BreakerState::kHalfOpen);
	EXPECT_EQ(breaker.probes, 0u);
}

TEST(Breaker, IsHeldOpenByHand) {
	Breaker breaker = {};
	const std::uint32_t running = breaker.admit(kRules, kStart);
	breaker.hold_open();
	EXPECT_EQ(breaker.wait(kRules, kStart + 3600 * kSecond), Breaker::kForever);
	breaker.judge(kRules, running, Verdict::kSuccess, kStart);
	EXPECT_EQ(breaker.state, BreakerState::kOpen);
	EXPECT_FALSE(breaker.is_idle(kStart));
	breaker.close();
	EXPECT_EQ(breaker.wait(kRules, kStart), 0);
	EXPECT_TRUE(breaker.is_idle(kStart));
}

TEST(Breaker, IsIdleWithoutRequests) {
	Breaker breaker = {};
	EXPECT_TRUE(breaker.is_idle(kStart));
	fail(&breaker, 1, kStart);
	EXPECT_FALSE(breaker.is_idle(kStart));
	EXPECT_TRUE(breaker.is_idle(kStart + 10 * kSecond));
	breaker = opened(kStart);
	EXPECT_FALSE(breaker.is_idle(kStart + 3600 * kSecond));
	EXPECT_EQ(breaker.wait(kRules, kStart + 3600 * kSecond), 0);
	EXPECT_FALSE(breaker.is_idle(kStart + 3600 * kSecond));
}

TEST(Breaker, LastsNoLongerWhenTheClockIsSetBack) {
	Breaker breaker = opened(kStart);
	const std::int64_t earlier = kStart - 3600 * kSecond;
	EXPECT_EQ(breaker.wait(kRules, earlier), 5 * kSecond);
	EXPECT_EQ(breaker.wait(kRules, earlier + 5 * kSecond), 0);
}

// Whatever comes, in whatever order: never more probes than allowed, never open for longer than the timeout,
// never opened by fewer than enough failures.
TEST(Breaker, KeepsItsRules) {
	std::mt19937_64 random(4);
	for (int run = 0; run < 200; run++) {
		Breaker breaker = {};
		std::vector<std::uint32_t> running;
		std::int64_t now = kStart;
		std::uint64_t failed = 0;
		for (int i = 0; i < 400; i++) {
			now += std::uniform_int_distribution<std::int64_t>(0, kSecond)(random);
			const BreakerState before = breaker.state;
			const std::int64_t wait = breaker.wait(kRules, now);
			if (before == BreakerState::kClosed) {
				ASSERT_EQ(wait, 0);
				failed = breaker.failures;
			}
			ASSERT_LE(wait, kRules.timeout);
			ASSERT_LE(breaker.probes, kRules.max_requests);
			if (wait == 0 && random() % 2 == 0) {
				running.push_back(breaker.admit(kRules, now));
			} else if (!running.empty()) {
				const auto chosen = running.begin() + static_cast<std::ptrdiff_t>(random() % running.size());
				const bool is_closed = breaker.state == BreakerState::kClosed;
				breaker.judge(kRules, *chosen, static_cast<Verdict>(random() % 3), now);
				running.erase(chosen);
				if (is_closed && breaker.state == BreakerState::kOpen) {
					ASSERT_GE(2 * (failed + 1), kRules.minimum);
				}
			}
		}
	}
}
