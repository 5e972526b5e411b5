#include "core/latency.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>

using namespace pg_tenant::core;

TEST(Latency, EachDurationHasTheBucketThatItLiesIn) {
	std::mt19937_64 random(1);
	for (int i = 0; i < 100000; i++) {
		const std::uint64_t duration = random() >> (random() % 64);
		const std::size_t bucket = latency_bucket(duration);
		ASSERT_LT(bucket, kLatencyBuckets);
		EXPECT_GE(duration, latency_floor(bucket));
		if (bucket + 1 < kLatencyBuckets) {
			EXPECT_LT(duration, latency_floor(bucket + 1));
		}
	}
	EXPECT_EQ(latency_bucket(0), 0U);
	EXPECT_EQ(latency_bucket(7), 0U);
	EXPECT_EQ(latency_bucket(8), 1U);
	EXPECT_EQ(latency_bucket(UINT64_MAX), kLatencyBuckets - 1);
}

TEST(Latency, BoundsRiseByNoMoreThanAHalf) {
	for (std::size_t i = 2; i < kLatencyBuckets; i++) {
		EXPECT_GT(latency_floor(i), latency_floor(i - 1));
		EXPECT_LE(static_cast<double>(latency_floor(i)) / static_cast<double>(latency_floor(i - 1)), 1.5);
	}
	EXPECT_EQ(latency_floor(kLatencyBuckets - 1), std::uint64_t{1} << 30);
}

TEST(Latency, OfNoneIsNone) {
	const std::uint64_t none[kLatencyBuckets] = {};
	EXPECT_EQ(latency_quantile(none, 0.5, 0), 0);
}

// Against the sorted durations themselves, of several distributions.
TEST(Latency, QuantilesAreThoseOfTheDurationsWithinABucket) {
	std::mt19937_64 random(2);
	for (const double spread : {0.1, 0.5, 1.0, 2.0}) {
		std::lognormal_distribution<double> durations(8, spread);
		std::uint64_t counts[kLatencyBuckets] = {};
		std::vector<std::uint64_t> all;
		for (int i = 0; i < 20000; i++) {
			all.push_back(static_cast<std::uint64_t>(durations(random)) + 8);
			counts[latency_bucket(all.back())]++;
		}
		std::sort(all.begin(), all.end());
		double former = 0;
		for (const double share : {0.0, 0.01, 0.5, 0.95, 0.99, 1.0}) {
			const double found = latency_quantile(counts, share, all.back());
			const auto place = static_cast<std::size_t>(share * static_cast<double>(all.size()));
			const auto exact = static_cast<double>(all[std::min(place, all.size() - 1)]);
			EXPECT_LE(found, exact * 1.5);
			EXPECT_GE(found, exact / 1.5);
			EXPECT_GE(found, former);
			former = found;
		}
		EXPECT_LE(former, static_cast<double>(all.back()));
	}
}
