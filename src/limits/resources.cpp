#include "limits/resources.hpp"

#include <algorithm>

#include "pg/plan_state.hpp"
#include "pg/server_setting.hpp"

extern "C" {
#include "access/parallel.h"
#include "miscadmin.h"
#include "optimizer/cost.h"
#include "storage/proc.h"
}

namespace pg_tenant::limits {
namespace {

constexpr Ceilings kNone = {0, 0, kAnyNumber};
bool operator==(const Ceilings &a, const Ceilings &b) {
	return a.memory == b.memory && a.maintenance_memory == b.maintenance_memory && a.workers == b.workers;
}

Ceilings in_force = kNone;

// Of each process, by its number: what its parallel workers go by.
Ceilings *of_processes = nullptr;

// What the session has set.
struct Wanted {
	int memory;
	int maintenance_memory;
	int workers;
	int maintenance_workers;
	double hash_factor;
};
Wanted wanted = {};

int lower(int value, int most) { return most == 0 ? value : std::min(value, most); }

int lower_number(int value) {
	return in_force.workers == kAnyNumber ? value : std::min(value, in_force.workers);
}

void enforce() {
	work_mem = lower(wanted.memory, in_force.memory);
	maintenance_work_mem = lower(wanted.maintenance_memory, in_force.maintenance_memory);
	max_parallel_workers_per_gather = lower_number(wanted.workers);
	max_parallel_maintenance_workers = lower_number(wanted.maintenance_workers);
	// What a hash may take is work_mem times this, and the ceiling holds for that.
	hash_mem_multiplier =
		in_force.memory == 0
			? wanted.hash_factor
			: std::min(wanted.hash_factor, std::max(1.0, static_cast<double>(in_force.memory) / work_mem));
}

template <int Wanted::*kHeld> struct Held {
	static inline GucIntAssignHook previous = nullptr;

	// The value is put there after this.
	static void assigned(int value, void *extra) {
		if (previous != nullptr)
			previous(value, extra);
		wanted.*kHeld = value;
		enforce();
	}

	static void hold(const char *name) { previous = pg::hold_setting(name, &(wanted.*kHeld), assigned); }
};

GucRealAssignHook previous_hash_factor = nullptr;

void hash_factor_assigned(double value, void *extra) {
	if (previous_hash_factor != nullptr)
		previous_hash_factor(value, extra);
	wanted.hash_factor = value;
	enforce();
}

Ceilings *of_process(const PGPROC *process) { return &of_processes[process - ProcGlobal->allProcs]; }

// The plan belongs to a cache.
template <typename Node> void lower_in_copy(PlanState *state) {
	auto *plan = reinterpret_cast<Node *>(state->plan);
	if (plan->num_workers <= in_force.workers)
		return;
	auto *copy = static_cast<Node *>(MemoryContextAlloc(state->state->es_query_cxt, sizeof(Node)));
	*copy = *plan;
	copy->num_workers = in_force.workers;
	state->plan = &copy->plan;
}

bool lower_below(PlanState *state, void *context) {
	if (state == nullptr)
		return false;
	if (IsA(state, GatherState))
		lower_in_copy<Gather>(state);
	else if (IsA(state, GatherMergeState))
		lower_in_copy<GatherMerge>(state);
	return pg::walk_plan_state(state, lower_below, context);
}

} // namespace

Size ceilings_size() { return mul_size(static_cast<Size>(MaxBackends), sizeof(Ceilings)); }

void make_ceilings(void *memory) { of_processes = static_cast<Ceilings *>(memory); }

void hold_resource_settings() {
	Held<&Wanted::memory>::hold("work_mem");
	Held<&Wanted::maintenance_memory>::hold("maintenance_work_mem");
	Held<&Wanted::workers>::hold("max_parallel_workers_per_gather");
	Held<&Wanted::maintenance_workers>::hold("max_parallel_maintenance_workers");
	previous_hash_factor = pg::hold_setting("hash_mem_multiplier", &wanted.hash_factor, hash_factor_assigned);
}

void keep_resources(const Rules *rules) {
	// Another process may have left its own there.
	static bool is_written = false;
	const Ceilings now = rules == nullptr ? kNone : rules->ceilings;
	if (likely(now == in_force && is_written))
		return;
	is_written = true;
	*of_process(MyProc) = now;
	in_force = now;
	enforce();
}

void keep_resources_of_leader() {
	if (MyProc->lockGroupLeader == nullptr)
		return;
	in_force = *of_process(MyProc->lockGroupLeader);
	enforce();
}

void lower_workers(QueryDesc *query) {
	if (in_force.workers != kAnyNumber)
		(void)lower_below(query->planstate, nullptr);
}

} // namespace pg_tenant::limits
