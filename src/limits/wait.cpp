#include "limits/wait.hpp"

#include <algorithm>
#include <cstring>

#include "limits/queue.hpp"
#include "pg/scoped.hpp"

extern "C" {
#include "storage/lock.h"
#include "storage/proc.h"
#include "utils/timestamp.h"
#include "utils/wait_event.h"
}

namespace pg_tenant::limits {
namespace {

// What this session waits for; NULL where it does not.
Shared *queued_for = nullptr;

bool is_same_lock(const LOCKTAG &a, const LOCKTAG &b) { return memcmp(&a, &b, sizeof(LOCKTAG)) == 0; }

// Who waits for it may be the one that has the place: neither would go on, and no detector of deadlocks would
// see it.
bool is_waited_for() {
	const LockData *data = GetLockStatusData();
	const LockInstanceData *end = data->locks + data->nelements;
	return std::any_of(static_cast<const LockInstanceData *>(data->locks), end, [&](const auto &own) {
		return own.pid == MyProcPid && own.holdMask != 0 &&
			   std::any_of(static_cast<const LockInstanceData *>(data->locks), end, [&](const auto &other) {
				   return other.pid != MyProcPid && other.waitLockMode != NoLock &&
						  is_same_lock(own.locktag, other.locktag);
			   });
	});
}

bool is_served(Shared *shared) {
	bool served;
	with_lock(shared, [&] { served = was_served(); });
	return served;
}

void wait_until(Shared *shared, TimestampTz deadline) {
	while (!is_served(shared)) {
		const long left = TimestampDifferenceMilliseconds(GetCurrentTimestamp(), deadline);
		if (left <= 0)
			return;
		const int events = WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH,
									 std::min<long>(left, DeadlockTimeout), PG_WAIT_EXTENSION);
		ResetLatch(MyLatch);
		CHECK_FOR_INTERRUPTS();
		if ((events & WL_TIMEOUT) != 0 && is_waited_for())
			return;
	}
}

// Whether it has a place nevertheless.
bool quit(Shared *shared) {
	bool has_place;
	with_lock(shared, [&] { has_place = quit_queue(shared); });
	return has_place;
}

} // namespace

void abandon_queue() {
	Shared *shared = queued_for;
	queued_for = nullptr;
	if (shared != nullptr && quit(shared))
		give_place_back(shared);
}

bool wait_for_place(Shared *shared, int64 most) {
	queued_for = shared;
	pg::catching([&] { wait_until(shared, GetCurrentTimestamp() + most); }, abandon_queue);
	queued_for = nullptr;
	// It may have got one at the last moment.
	return quit(shared);
}

} // namespace pg_tenant::limits
