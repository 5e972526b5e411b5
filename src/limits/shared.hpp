// What sessions share of each tenant that is limited, in memory of the server's: as many tenants as there is
// room for. Those that nothing would be lost of make room for others. A session that works for one has joined
// it, and that keeps it there.
#pragma once

#include "core/breaker.hpp"
#include "core/tenant_id.hpp"
#include "core/token_bucket.hpp"
#include "limits/rules.hpp"
#include "pg/prelude.hpp"

extern "C" {
#include "nodes/pg_list.h"
#include "storage/latch.h"
#include "storage/spin.h"
}

namespace pg_tenant::limits {

// Compared byte by byte: what is behind the id is zero.
struct SharedKey {
	Oid database;
	uint32 hash; // of the id
	char id[core::kMaxIdBytes + 1];
};

inline constexpr int kNobody = -1;

// Of one kind; changed by limits/sources alone.
struct SourceList {
	int first;
	int count;
	core::TokenBucket rest; // of those that have none of their own
};

struct Shared {
	SharedKey key;
	slock_t lock; // for what follows
	int sessions; // that have joined
	int running;
	int most_running; // as the latest of them found it; 0 is no limit
	int first;        // who waits to run, as numbers of processes
	int last;
	core::TokenBucket bucket;
	SourceList sources[kSourceKinds];
	core::Breaker breaker;
};

// Runs a call under the lock: a few instructions that do not raise.
template <typename Call> void with_lock(Shared *shared, Call call) {
	SpinLockAcquire(&shared->lock);
	call();
	SpinLockRelease(&shared->lock);
}

// For the server's hooks.
void request_memory();
void make_memory();

// Whether the library was loaded with the server: nothing is limited otherwise.
bool is_in_force();

// Counts the session in, unless there are so many already (0 is no limit): NULL. Raises 53400 where there is
// no room.
Shared *join(const core::TenantId &id, int most_sessions);
void leave(Shared *shared);

// How many breakers are held open by hand.
uint32 count_held_open();

// By hand. Where there is nothing to close, nothing is done.
void hold_open(const core::TenantId &id);
void close(const core::TenantId &id);
bool is_held_open(const core::TenantId &id);

struct BreakerOf {
	char id[core::kMaxIdBytes + 1];
	core::Breaker breaker;
};

// Of this database; allocated.
List *list_breakers();

} // namespace pg_tenant::limits
