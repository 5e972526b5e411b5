// What a tenant is limited to: the values under `limits` of its configuration, read once after each change.
#pragma once

#include "core/breaker.hpp"
#include "core/tenant_id.hpp"
#include "pg/prelude.hpp"

namespace pg_tenant::limits {

// What a tenant may store; 0 is no limit.
struct Quota {
	int64 table_rows; // of each protected table
	int64 bytes;      // of all of them
};

// Where a tenant's statements come from.
enum SourceKind { kRole, kAddress, kApplication, kSourceKinds };

struct Rate {
	double rate; // statements a second
	double burst;
};

inline constexpr int kAnyNumber = -1;

struct Ceilings {
	int memory;             // kB; 0 is no limit
	int maintenance_memory; // kB; 0 is no limit
	int workers;
};

// 0 is no limit.
struct Rules {
	bool has_rates;
	Rate of_tenant;
	Rate of_sources[kSourceKinds]; // of each role, each address, each application
	int statements;                // at a time
	int64 wait;                    // for one of these, in microseconds
	int sessions;
	int statement_timeout; // milliseconds
	int idle_timeout;      // milliseconds, in a transaction
	int64 rows;            // of a result
	Ceilings ceilings;
	bool has_breaker;
	core::BreakerRules breaker;
};

// NULL where nothing is set that limits statements. Valid until the next call. May raise, as
// registry::find_configuration() may; 22023 where a value is wrong that nobody has checked.
const Rules *find_rules(const core::TenantId &id);

// The same of what it may store.
Quota find_quota(const core::TenantId &id);

} // namespace pg_tenant::limits
