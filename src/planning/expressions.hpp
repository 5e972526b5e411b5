// What a node of an expression calls, before planning.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "nodes/params.h"
#include "nodes/pg_list.h"
}

namespace pg_tenant::planning {

// Why the calls that this node itself makes are not trusted, or NULL; what is below it is not looked at. A
// kind of node that is not known is not trusted. Parameters that must be valid patterns are added to the
// list.
const char *distrusted(Node *node, ParamListInfo parameters, List **patterns);

// Whether this kind of node hands the value that it tests to functions below it without naming it.
bool hides_value(const Node *node);

} // namespace pg_tenant::planning
