// The condition that a protected relation's rows are the tenant's: `column = tenant.current_…()`, or, in
// plans of one use, `column = id`.
#pragma once

#include "core/tenant_id.hpp"
#include "pg/prelude.hpp"
#include "registry/relations.hpp"

namespace pg_tenant::isolation {

// A copy of the filter of this open relation, at this place of a range table. Sets *has_sub_select if it has
// one, and leaves it alone otherwise. May raise.
Node *tenant_filter(Relation relation, int index, bool *has_sub_select);

// Whether the condition is the filter, where the tenant column goes by this name; with a tenant, also as a
// plan for it alone has it. False for some that are: then the filter is asked twice.
bool is_tenant_filter(const Node *condition, const registry::Protection &protection, int index,
					  AttrNumber column, const core::TenantId *tenant);

// Whether the value of a tenant column is this id.
bool is_id(Oid type, Datum value, const core::TenantId &tenant);

// What the expression is without the server's own changes of its type.
const Node *without_relabel(const Node *expression);

bool is_column(const Node *expression, int index, AttrNumber column);

} // namespace pg_tenant::isolation
