// Patterns of LIKE and regular expressions: a valid one raises for no value.
#pragma once

#include "planning/trust.hpp"

extern "C" {
#include "nodes/params.h"
#include "nodes/parsenodes.h"
}

namespace pg_tenant::planning {

// Whether the pattern, an argument of a call with this collation, is valid; or is a parameter whose value is
// not known yet: it is added to the list. An invalid constant is not valid: its operator is left behind the
// barrier.
bool is_valid_pattern(Node *pattern, Trust kind, Oid collation, ParamListInfo parameters, List **to_check);

// When the statement starts: raises the operator's own error if one of the parameters is no valid pattern.
void require_valid_patterns(const List *to_check, ParamListInfo parameters);

} // namespace pg_tenant::planning
