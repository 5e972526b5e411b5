// Whether a plan is made for one use: then it may hold the tenant itself, which makes it cheaper to make and
// lets partitions be pruned at once. A plan that can be used again belongs to no tenant.
#pragma once

#include "core/tenant_id.hpp"
#include "pg/prelude.hpp"

extern "C" {
#include "nodes/params.h"
#include "nodes/parsenodes.h"
}

namespace pg_tenant::planning {

// Called for each query that was just analyzed.
void note_analyzed(const Query *query, const char *text);

// While it is set, the next query that is planned is the one that EXPLAIN shows; who plans takes it back.
extern bool is_explained;

// Call it once for each query, before it is planned.
bool is_for_one_use(const Query *query, const char *text, ParamListInfo parameters);

// Puts the tenant itself in the place of the function of a filter.
void use_constant(Node *filter, const core::TenantId &tenant);

} // namespace pg_tenant::planning
