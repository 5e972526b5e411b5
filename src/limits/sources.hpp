// Where statements come from: the role, the address, the application of a session. Each has a bucket of its
// own at its tenant, found once and used under the tenant's lock. Applications are what clients call
// themselves, and anything may be a bucket's; so there are a number of them for each tenant, those that are
// full make room, and whoever finds none shares one with others like it.
#pragma once

#include "limits/rules.hpp"
#include "limits/shared.hpp"

extern "C" {
#include "storage/lwlock.h"
}

namespace pg_tenant::limits {

Size sources_size();
void make_sources(void *memory, bool is_new, LWLock *for_sources);

// Of a tenant that nobody works for: whether nothing is lost if they are dropped; dropping them.
bool are_sources_full(const Shared *shared, int64 now);
void drop_sources(Shared *shared);

// Which buckets this session's statement is to take tokens from, but for the tenant's.
void find_sources(Shared *shared, const Rules &rules, int64 now);

// What refused a statement.
struct Shortage {
	int64 wait;
	bool is_of_source; // not the tenant's own rate
	SourceKind kind;
	bool is_shared; // with other sources
};

// Takes a token from each bucket that was found and from the tenant's, or from none. Under the tenant's lock.
bool take_tokens(Shared *shared, const Rules &rules, int64 now, Shortage *shortage);

// What this session's source is called.
const char *source_name(SourceKind kind);

} // namespace pg_tenant::limits
