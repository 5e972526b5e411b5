// Unpacking of arguments that must not be NULL.
#pragma once

#include "pg/prelude.hpp"

namespace pg_tenant::sqlapi {

// The text argument as a C string; raises 22023, naming it so, when it is NULL.
const char *required_text(FunctionCallInfo fcinfo, int argument, const char *what);

// The same of an OID (a regclass, a regtype).
Oid required_oid(FunctionCallInfo fcinfo, int argument, const char *what);

} // namespace pg_tenant::sqlapi
