#include "events/notices.hpp"

extern "C" {
#include "port/atomics.h"
#include "storage/ipc.h"
#include "storage/lwlock.h"
#include "storage/shmem.h"
#include "utils/timestamp.h"
}

namespace pg_tenant::events {
namespace {

constexpr TimestampTz kPause = 100 * 1000; // microseconds
constexpr uint32 kSlots = 64;

// When the last notice was claimed, by database; two may share one.
struct Notices {
	pg_atomic_uint64 last[kSlots];
};

Notices *shared = nullptr;

void clear(Notices *notices) {
	for (auto &last : notices->last)
		pg_atomic_init_u64(&last, 0);
}

Notices *of_session() {
	static Notices own;
	static bool is_clear = false;
	if (!is_clear) {
		clear(&own);
		is_clear = true;
	}
	return &own;
}

} // namespace

void request_notice_memory() { RequestAddinShmemSpace(MAXALIGN(sizeof(Notices))); }

void make_notice_memory() {
	bool found;
	LWLockAcquire(AddinShmemInitLock, LW_EXCLUSIVE);
	shared = static_cast<Notices *>(ShmemInitStruct("pg_tenant notices", sizeof(Notices), &found));
	if (!found)
		clear(shared);
	LWLockRelease(AddinShmemInitLock);
}

bool claim_notice() {
	pg_atomic_uint64 *slot = &(shared != nullptr ? shared : of_session())->last[MyDatabaseId % kSlots];
	const TimestampTz now = GetCurrentTimestamp();
	uint64 last = pg_atomic_read_u64(slot);
	// The clock may have been set back.
	const auto since = now - static_cast<TimestampTz>(last);
	return (since < 0 || since >= kPause) &&
		   pg_atomic_compare_exchange_u64(slot, &last, static_cast<uint64>(now));
}

} // namespace pg_tenant::events
