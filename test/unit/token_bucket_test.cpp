#include "core/token_bucket.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>

using pg_tenant::core::TokenBucket;

namespace {

constexpr std::int64_t kSecond = 1000 * 1000;
constexpr std::int64_t kStart = 800000000 * kSecond;

TokenBucket started(double rate, double burst, std::int64_t now = kStart) {
	TokenBucket bucket;
	bucket.start(rate, burst, now);
	return bucket;
}

// Of two grants that have so many between them, whatever they are.
void expect_within(const std::vector<std::int64_t> &grants, double rate, double burst) {
	for (std::size_t first = 0; first < grants.size(); first++) {
		for (std::size_t last = first; last < grants.size(); last++) {
			const auto granted = static_cast<double>(last - first + 1);
			const double seconds = static_cast<double>(grants[last] - grants[first]) / kSecond;
			ASSERT_LE(granted, burst + rate * seconds + 1e-6) << "from " << first << " to " << last;
		}
	}
}

} // namespace

TEST(TokenBucket, GrantsNoMoreThanItsRateAndBurstOverAnyWindow) {
	std::mt19937_64 random(1);
	for (int run = 0; run < 40; run++) {
		const double rate = std::pow(10, std::uniform_real_distribution<>(-2, 4)(random));
		const double burst = 1 + std::pow(10, std::uniform_real_distribution<>(-2, 2)(random));
		std::exponential_distribution<> pause(rate * std::uniform_real_distribution<>(0.2, 20)(random));
		TokenBucket bucket = started(rate, burst);
		std::vector<std::int64_t> grants;
		std::int64_t now = kStart;
		for (int i = 0; i < 1500; i++) {
			now += static_cast<std::int64_t>(pause(random) * kSecond);
			if (bucket.take(now))
				grants.push_back(now);
		}
		expect_within(grants, rate, burst);
	}
}

TEST(TokenBucket, KeepsItsRate) {
	for (const double rate : {0.5, 1.0, 100.0, 10000.0}) {
		TokenBucket bucket = started(rate, 2);
		constexpr int kSeconds = 200;
		double granted = 0;
		// More is asked for than there is.
		const auto step = static_cast<std::int64_t>(kSecond / rate / 7);
		for (std::int64_t now = kStart; now < kStart + kSeconds * kSecond; now += step)
			granted += bucket.take(now) ? 1 : 0;
		EXPECT_NEAR(granted, rate * kSeconds, std::max(2.5, 0.02 * rate * kSeconds)) << rate;
	}
}

TEST(TokenBucket, GrantsWhatItSaidItWould) {
	std::mt19937_64 random(2);
	for (int run = 0; run < 1000; run++) {
		const double rate = std::pow(10, std::uniform_real_distribution<>(-2, 5)(random));
		TokenBucket bucket = started(rate, 3);
		std::int64_t now = kStart;
		for (int i = 0; i < 3; i++)
			ASSERT_TRUE(bucket.take(now));
		now += std::uniform_int_distribution<std::int64_t>(0, 100)(random);
		if (bucket.take(now))
			continue;
		const std::int64_t wait = bucket.wait();
		ASSERT_GT(wait, 0);
		// A microsecond for the rounding.
		TokenBucket early = bucket;
		EXPECT_FALSE(early.take(now + wait - 2)) << rate;
		EXPECT_TRUE(bucket.take(now + wait + 1)) << rate;
	}
	EXPECT_EQ(started(1, 1).wait(), 0);
}

TEST(TokenBucket, IsNotFooledByClocksInDisorder) {
	std::mt19937_64 random(3);
	constexpr double kRate = 1000;
	TokenBucket bucket = started(kRate, 5);
	std::vector<std::int64_t> grants;
	std::int64_t latest = kStart;
	for (int i = 0; i < 3000; i++) {
		const std::int64_t now = latest + std::uniform_int_distribution<std::int64_t>(-20000, 1000)(random);
		latest = std::max(latest, now);
		if (bucket.take(now))
			grants.push_back(latest);
	}
	EXPECT_GT(grants.size(), 50u);
	expect_within(grants, kRate, 5);
}

TEST(TokenBucket, GoesOnWhenTheClockIsSetBack) {
	TokenBucket bucket = started(10, 2);
	EXPECT_TRUE(bucket.take(kStart));
	EXPECT_TRUE(bucket.take(kStart));
	const std::int64_t earlier = kStart - 3600 * kSecond;
	EXPECT_FALSE(bucket.take(earlier)) << "nothing is earned by that";
	EXPECT_FALSE(bucket.take(earlier + kSecond / 10 - 1000));
	EXPECT_TRUE(bucket.take(earlier + kSecond / 10 + 1));
}

TEST(TokenBucket, EarnsAtTheRateOfTheTime) {
	TokenBucket bucket = started(1, 100);
	for (int i = 0; i < 100; i++)
		ASSERT_TRUE(bucket.take(kStart));
	// Ten seconds at one, and then a hundredth of a second at a thousand.
	bucket.change(1000, 100, kStart + 10 * kSecond);
	const std::int64_t now = kStart + 10 * kSecond + kSecond / 100;
	int granted = 0;
	while (bucket.take(now))
		granted++;
	EXPECT_EQ(granted, 20);
	// A smaller burst holds at once, and so does a greater one.
	bucket = started(1, 100);
	bucket.change(1, 3, kStart);
	for (int i = 0; i < 3; i++)
		EXPECT_TRUE(bucket.take(kStart - 1));
	EXPECT_FALSE(bucket.take(kStart - 1));
	bucket.change(1, 50, kStart);
	for (int i = 0; i < 47; i++)
		EXPECT_TRUE(bucket.take(kStart));
	EXPECT_FALSE(bucket.take(kStart));
}

TEST(TokenBucket, IsFullAgainAfterAWhile) {
	TokenBucket bucket = started(10, 20);
	EXPECT_TRUE(bucket.is_full(kStart));
	EXPECT_TRUE(bucket.take(kStart));
	EXPECT_FALSE(bucket.is_full(kStart + kSecond / 20));
	EXPECT_TRUE(bucket.is_full(kStart + kSecond / 10 + 1));
	// However long it was left.
	bucket = started(1e6, 3, INT64_MIN);
	for (int i = 0; i < 3; i++)
		EXPECT_TRUE(bucket.take(INT64_MAX));
	EXPECT_FALSE(bucket.take(INT64_MAX));
}

TEST(TokenBucket, TakesFromAllOrFromNone) {
	std::mt19937_64 random(4);
	for (int run = 0; run < 200; run++) {
		constexpr int kMost = 4;
		TokenBucket buckets[kMost];
		TokenBucket *all[kMost];
		const int count = std::uniform_int_distribution<>(1, kMost)(random);
		for (int i = 0; i < count; i++) {
			buckets[i] = started(std::pow(10, std::uniform_real_distribution<>(-1, 3)(random)), 1 + i);
			all[i] = &buckets[i];
		}
		std::int64_t now = kStart;
		for (int step = 0; step < 200; step++) {
			now += std::uniform_int_distribution<std::int64_t>(0, kSecond / 50)(random);
			TokenBucket before[kMost];
			std::int64_t longest = 0;
			for (int i = 0; i < count; i++) {
				before[i] = buckets[i];
				longest = before[i].has_one(now) ? longest : std::max(longest, before[i].wait());
			}
			const int refused = pg_tenant::core::take_from_all(all, count, now);
			ASSERT_EQ(refused < 0, longest == 0);
			for (int i = 0; i < count; i++)
				ASSERT_DOUBLE_EQ(buckets[i].tokens, before[i].tokens - (refused < 0 ? 1 : 0));
			if (refused >= 0) {
				ASSERT_EQ(buckets[refused].wait(), longest);
				// Then there is one in all of them.
				ASSERT_LT(pg_tenant::core::take_from_all(all, count, now + longest + 1), 0);
				now += longest + 1;
			}
		}
	}
	EXPECT_LT(pg_tenant::core::take_from_all(nullptr, 0, kStart), 0);
}
