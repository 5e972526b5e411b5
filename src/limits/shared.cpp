#include "limits/shared.hpp"

#include <cstring>

#include "limits/queue.hpp"
#include "limits/resources.hpp"
#include "limits/sources.hpp"

extern "C" {
#include "common/hashfn.h"
#include "port/atomics.h"
#include "storage/ipc.h"
#include "storage/lwlock.h"
#include "storage/shmem.h"
#include "utils/hsearch.h"
#include "utils/timestamp.h"
}

namespace pg_tenant::limits {
namespace {

constexpr long kRoom = 8192;
constexpr const char *kLockName = "pg_tenant limits";

struct Common {
	pg_atomic_uint32 held_open;
};

Common *common = nullptr;
HTAB *tenants = nullptr;
// Exclusive to add tenants and to take them out.
LWLock *lock = nullptr;

uint32 hash_key(const void *key, Size) {
	auto *own = static_cast<const SharedKey *>(key);
	return hash_combine(own->hash, murmurhash32(own->database));
}

HASHCTL table_of_tenants() {
	HASHCTL control = {};
	control.keysize = sizeof(SharedKey);
	control.entrysize = sizeof(Shared);
	control.hash = hash_key;
	return control;
}

SharedKey key_of(const core::TenantId &id) {
	SharedKey key;
	memset(&key, 0, sizeof(key));
	key.database = MyDatabaseId;
	key.hash = id.hash;
	memcpy(key.id, id.text, id.length);
	return key;
}

Shared *find(const SharedKey &key) {
	return static_cast<Shared *>(hash_search(tenants, &key, HASH_FIND, nullptr));
}

// Nobody joins meanwhile: the lock is held exclusively. Who has a place, or waits for one, has joined; or
// has left in the middle of its statement.
bool is_idle(Shared *shared, TimestampTz now) {
	bool idle;
	with_lock(shared, [&] {
		idle = shared->sessions == 0 && shared->running == 0 && shared->first == kNobody &&
			   shared->breaker.is_idle(now) && shared->bucket.is_full(now);
	});
	return idle && are_sources_full(shared, now);
}

// All that say nothing go at once: the lock is held for a millisecond, and then not for thousands of tenants.
void make_room() {
	const TimestampTz now = GetCurrentTimestamp();
	HASH_SEQ_STATUS scan;
	hash_seq_init(&scan, tenants);
	while (auto *shared = static_cast<Shared *>(hash_seq_search(&scan))) {
		if (!is_idle(shared, now))
			continue;
		drop_sources(shared);
		(void)hash_search(tenants, &shared->key, HASH_REMOVE, nullptr);
	}
}

// The lock is held exclusively.
Shared *find_or_add(const SharedKey &key) {
	Shared *shared = find(key);
	if (shared != nullptr)
		return shared;
	if (hash_get_num_entries(tenants) >= kRoom)
		make_room();
	if (hash_get_num_entries(tenants) >= kRoom)
		ereport(ERROR, (errcode(ERRCODE_CONFIGURATION_LIMIT_EXCEEDED),
						errmsg("there is no room for the limits of another tenant"),
						errdetail("%ld tenants that have limits are at work.", kRoom),
						errhint("Try again in a second.")));
	shared = static_cast<Shared *>(hash_search(tenants, &key, HASH_ENTER, nullptr));
	*shared = {};
	shared->key = key;
	SpinLockInit(&shared->lock);
	shared->first = kNobody;
	shared->last = kNobody;
	for (SourceList &list : shared->sources)
		list.first = kNobody;
	return shared;
}

// Calls with the tenant's, or with NULL; it stays where it is meanwhile.
template <typename Call> void with_tenant(const core::TenantId &id, Call call) {
	const SharedKey key = key_of(id);
	LWLockAcquire(lock, LW_SHARED);
	call(find(key));
	LWLockRelease(lock);
}

template <typename Call> void with_added_tenant(const core::TenantId &id, Call call) {
	const SharedKey key = key_of(id);
	LWLockAcquire(lock, LW_EXCLUSIVE);
	call(find_or_add(key));
	LWLockRelease(lock);
}

} // namespace

void request_memory() {
	RequestAddinShmemSpace(
		add_size(hash_estimate_size(kRoom, sizeof(Shared)), add_size(queue_size(), sizeof(Common))));
	RequestAddinShmemSpace(add_size(sources_size(), ceilings_size()));
	RequestNamedLWLockTranche(kLockName, 2);
}

void make_memory() {
	bool is_found;
	LWLockAcquire(AddinShmemInitLock, LW_EXCLUSIVE);
	common = static_cast<Common *>(ShmemInitStruct("pg_tenant limits", sizeof(Common), &is_found));
	if (!is_found)
		pg_atomic_init_u32(&common->held_open, 0);
	make_queue(ShmemInitStruct("pg_tenant queue", queue_size(), &is_found));
	make_ceilings(ShmemInitStruct("pg_tenant ceilings", ceilings_size(), &is_found));
	HASHCTL control = table_of_tenants();
	tenants = ShmemInitHash("pg_tenant limited tenants", kRoom, kRoom, &control, HASH_ELEM | HASH_FUNCTION);
	LWLockPadded *locks = GetNamedLWLockTranche(kLockName);
	lock = &locks[0].lock;
	void *sources = ShmemInitStruct("pg_tenant sources", sources_size(), &is_found);
	make_sources(sources, !is_found, &locks[1].lock);
	LWLockRelease(AddinShmemInitLock);
}

bool is_in_force() { return tenants != nullptr; }

Shared *join(const core::TenantId &id, int most_sessions) {
	Shared *joined = nullptr;
	bool is_known = false;
	const auto enter = [&](Shared *shared) {
		is_known = shared != nullptr;
		if (is_known)
			with_lock(shared, [&] {
				if (most_sessions == 0 || shared->sessions < most_sessions) {
					shared->sessions++;
					joined = shared;
				}
			});
	};
	with_tenant(id, enter);
	if (!is_known)
		with_added_tenant(id, enter);
	return joined;
}

void leave(Shared *shared) {
	with_lock(shared, [&] { shared->sessions--; });
}

uint32 count_held_open() { return pg_atomic_read_u32(&common->held_open); }

void hold_open(const core::TenantId &id) {
	with_added_tenant(id, [](Shared *shared) {
		with_lock(shared, [&] {
			if (!shared->breaker.is_held_open)
				pg_atomic_fetch_add_u32(&common->held_open, 1);
			shared->breaker.hold_open();
		});
	});
}

void close(const core::TenantId &id) {
	with_tenant(id, [](Shared *shared) {
		if (shared != nullptr)
			with_lock(shared, [&] {
				if (shared->breaker.is_held_open)
					pg_atomic_fetch_sub_u32(&common->held_open, 1);
				shared->breaker.close();
			});
	});
}

bool is_held_open(const core::TenantId &id) {
	bool is_held = false;
	with_tenant(id, [&](Shared *shared) {
		if (shared != nullptr)
			with_lock(shared, [&] { is_held = shared->breaker.is_held_open; });
	});
	return is_held;
}

List *list_breakers() {
	List *list = NIL;
	HASH_SEQ_STATUS scan;
	LWLockAcquire(lock, LW_SHARED);
	hash_seq_init(&scan, tenants);
	while (auto *shared = static_cast<Shared *>(hash_seq_search(&scan))) {
		if (shared->key.database != MyDatabaseId)
			continue;
		auto *found = static_cast<BreakerOf *>(palloc(sizeof(BreakerOf)));
		memcpy(found->id, shared->key.id, sizeof(found->id));
		with_lock(shared, [&] { found->breaker = shared->breaker; });
		list = lappend(list, found);
	}
	LWLockRelease(lock);
	return list;
}

} // namespace pg_tenant::limits
