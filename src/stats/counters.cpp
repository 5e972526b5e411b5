#include "stats/counters.hpp"

#include <cstring>

namespace pg_tenant::stats {
namespace {

// Numbers without a sign: below zero they wrap around, and back.
void add_all(uint64 *sum, const uint64 *more, int count, int sign) {
	for (int i = 0; i < count; i++)
		sum[i] += static_cast<uint64>(sign) * more[i];
}

// Its place, or -1.
int refusal_of(int sqlstate) {
	const char *code = unpack_sql_state(sqlstate);
	const int number = (code[3] - '0') * 10 + code[4] - '0';
	return strncmp(code, "TN0", 3) == 0 && number >= 1 && number <= kRefusals ? number - 1 : -1;
}

} // namespace

void add_counts(Counters *sum, const Counters &more) {
	add_all(sum->values, more.values, kCounters, 1);
	add_all(sum->errors, more.errors, kErrorClassCount, 1);
	add_all(sum->refusals, more.refusals, kRefusals, 1);
	add_all(sum->latency, more.latency, core::kLatencyBuckets, 1);
}

void subtract_counts(Counters *sum, const Counters &less) {
	add_all(sum->values, less.values, kCounters, -1);
	add_all(sum->errors, less.errors, kErrorClassCount, -1);
	add_all(sum->refusals, less.refusals, kRefusals, -1);
	add_all(sum->latency, less.latency, core::kLatencyBuckets, -1);
}

void add_counters(Counters *sum, const Counters &more) {
	add_counts(sum, more);
	sum->longest = Max(sum->longest, more.longest);
	if (more.first_seen != 0 && (sum->first_seen == 0 || more.first_seen < sum->first_seen))
		sum->first_seen = more.first_seen;
	sum->last_seen = Max(sum->last_seen, more.last_seen);
}

void count_error(Counters *counters, int sqlstate) {
	const int refusal = refusal_of(sqlstate);
	if (refusal >= 0) {
		counters->refusals[refusal]++;
		return;
	}
	const char *code = unpack_sql_state(sqlstate);
	int place = 0;
	while (place < kErrorClassCount - 1 && strncmp(code, kErrorClasses[place], 2) != 0)
		place++;
	counters->errors[place]++;
}

bool is_refusal(int sqlstate) { return refusal_of(sqlstate) >= 0; }

} // namespace pg_tenant::stats
