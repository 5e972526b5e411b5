#include "limits/queue.hpp"

extern "C" {
#include "miscadmin.h"
#include "storage/proc.h"
}

namespace pg_tenant::limits {
namespace {

// A session, under the lock of the tenant that it waits for.
struct Waiter {
	int previous;
	int next;
	bool is_waiting;
	Latch *latch;
};

// By numbers of processes.
Waiter *waiters = nullptr;

int own_number() { return static_cast<int>(MyProc - ProcGlobal->allProcs); }

bool has_place(const Shared *shared) {
	return shared->most_running == 0 || shared->running < shared->most_running;
}

void take_out(Shared *shared, int number) {
	Waiter *waiter = &waiters[number];
	(waiter->previous == kNobody ? shared->first : waiters[waiter->previous].next) = waiter->next;
	(waiter->next == kNobody ? shared->last : waiters[waiter->next].previous) = waiter->previous;
	waiter->is_waiting = false;
}

} // namespace

Size queue_size() { return mul_size(static_cast<Size>(MaxBackends), sizeof(Waiter)); }

void make_queue(void *memory) { waiters = static_cast<Waiter *>(memory); }

bool take_place(Shared *shared) {
	if (!has_place(shared) || shared->first != kNobody)
		return false;
	shared->running++;
	return true;
}

void queue_up(Shared *shared) {
	const int number = own_number();
	waiters[number] = {shared->last, kNobody, true, MyLatch};
	(shared->last == kNobody ? shared->first : waiters[shared->last].next) = number;
	shared->last = number;
}

Latch *hand_on(Shared *shared) {
	if (shared->first == kNobody || !has_place(shared))
		return nullptr;
	Waiter *served = &waiters[shared->first];
	take_out(shared, shared->first);
	shared->running++;
	return served->latch;
}

bool was_served() { return !waiters[own_number()].is_waiting; }

bool quit_queue(Shared *shared) {
	if (was_served())
		return true;
	take_out(shared, own_number());
	return false;
}

void give_place_back(Shared *shared) {
	Latch *served;
	with_lock(shared, [&] {
		shared->running--;
		served = hand_on(shared);
	});
	if (served != nullptr)
		SetLatch(served);
}

} // namespace pg_tenant::limits
