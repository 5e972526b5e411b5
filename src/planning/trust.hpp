// Which functions may run on rows that the tenant's filter has not passed yet: those that neither raise an
// error nor tell anything by another way that depends on a stored value.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "nodes/pg_list.h"
}

namespace pg_tenant::planning {

// On what condition.
enum class Trust {
	kNever,
	kAlways,
	kLikePattern,  // the second argument must be a valid pattern of LIKE
	kRegexPattern, // the second argument must be a valid regular expression
};

// Leakproof, or on the trusted list. The collation is the call's. May raise; reads catalogs.
Trust trust_of(Oid function, Oid collation);

} // namespace pg_tenant::planning
