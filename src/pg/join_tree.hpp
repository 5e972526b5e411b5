// Where a relation stands in the join tree of a query.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "nodes/parsenodes.h"
}

namespace pg_tenant::pg {

bool is_place_of(const Node *node, int index);

// Puts a condition right at the relation's place in the query's join tree, so that it holds below every kind
// of join. Returns whether the relation was there.
bool place_condition(Query *query, int index, Node *condition);

} // namespace pg_tenant::pg
