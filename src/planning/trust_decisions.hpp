// What tenant.trust() and tenant.distrust() decided: rows of tenant.operator_trust.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "access/htup.h"
}

namespace pg_tenant::planning {

enum class Decision { kNone, kTrusted, kDistrusted };

struct Decided {
	Decision decision;
	bool is_any_distrusted; // this function or another one
};

// The table; InvalidOid without the extension.
Oid decisions_table();

// A trusted function counts as long as it is what it was then. A distrusted one is known by its signature and
// by its definition, since extensions and functions can be renamed and moved.
Decided decision_about(HeapTuple function, Oid table);

} // namespace pg_tenant::planning
