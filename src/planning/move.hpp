// Moves the tenants' filters as far as the proof allows.
#pragma once

#include "core/tenant_id.hpp"
#include "planning/proof.hpp"

namespace pg_tenant::planning {

// How a filter is applied, from the best down.
enum class Tier {
	kMoved = 1, // an ordinary condition
	kMixed,     // a barrier, with the trusted conditions on its own side
	kBarrier,
};

// The filter of each relation becomes an ordinary condition where nothing untrusted meets its rows. Elsewhere
// the conditions on it that are trusted join the filter behind the barrier: indexes can use them there. With
// a tenant, whose plan it is for one use, filters compare with a constant. The relations' notes say what was
// done.
void move_filters(Proof *proof, const core::TenantId *tenant, ParamListInfo parameters);

// 'moved', 'mixed' or 'barrier'.
const char *name_of(Tier tier);

// What was done for a confined relation of a plan; false where the proof did not know it, as one that an
// inlined function brought. The culprit is what kept the barrier.
bool read_note(const RangeTblEntry *entry, Tier *tier, const char **culprit);

} // namespace pg_tenant::planning
