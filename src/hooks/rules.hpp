// Rules of tables, where queries run past policies: a key's own, and those of a template or a purge.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "nodes/parsenodes.h"
}

namespace pg_tenant::hooks {

// Whether a rule put the query beside another one, or in its place: it is somebody's own, and confined like
// any statement.
bool is_of_rule(const Query *query);

// TN006 where a rule has put a query of its own into this one: a sub-select of its condition, or what stands
// for a part of WITH. May raise.
void require_no_part_of_rule(const Query *query);

} // namespace pg_tenant::hooks
