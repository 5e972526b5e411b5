// Moves the tenants' filters as far as the proof allows.
#pragma once

#include "core/tenant_id.hpp"
#include "planning/proof.hpp"

namespace pg_tenant::planning {

// The filter of each relation becomes an ordinary condition where nothing untrusted meets its rows. Elsewhere
// the conditions on it that are trusted join the filter behind the barrier: indexes can use them there. With
// a tenant, whose plan it is for one use, filters compare with a constant. Returns a list of RelationNote.
List *move_filters(Proof *proof, const core::TenantId *tenant, ParamListInfo parameters);

} // namespace pg_tenant::planning
