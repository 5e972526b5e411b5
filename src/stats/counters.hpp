// What is counted of a tenant. Plain memory, since it is shared and kept in a file.
#pragma once

#include "core/latency.hpp"
#include "pg/prelude.hpp"

extern "C" {
#include "datatype/timestamp.h"
}

namespace pg_tenant::stats {

// In the order of the columns of tenant.tenant_counters() (src/schema).
enum Counter {
	kSelects,
	kInserts,
	kUpdates,
	kDeletes,
	kUtilities,
	kRows,
	kMicroseconds,
	kProcessorMicroseconds,
	kBlocksHit,
	kBlocksRead,
	kTemporaryBytes,
	kLogBytes,
	kCounters
};

// Errors by the class of their SQLSTATE; those of classes without a name of their own are others.
inline constexpr const char *kErrorClasses[] = {"22", "23", "25", "40", "42", "53",
												"55", "57", "58", "P0", "XX"};
inline constexpr int kErrorClassCount = lengthof(kErrorClasses) + 1;

// TN001 to TN012.
inline constexpr int kRefusals = 12;

struct Counters {
	uint64 values[kCounters];
	uint64 errors[kErrorClassCount];
	uint64 refusals[kRefusals];
	uint64 latency[core::kLatencyBuckets];
	uint64 longest;         // microseconds
	TimestampTz first_seen; // 0 if never
	TimestampTz last_seen;
};

// Adds what another one has counted.
void add_counters(Counters *sum, const Counters &more);

// Takes away what only ever rises, as far as another one has counted it; the difference may be below zero,
// which adding puts right.
void subtract_counts(Counters *sum, const Counters &less);
void add_counts(Counters *sum, const Counters &more);

// Whether it is one of TN001 to TN012.
bool is_refusal(int sqlstate);

// By its SQLSTATE, in one array or the other.
void count_error(Counters *counters, int sqlstate);

} // namespace pg_tenant::stats
