// Unpacking of arguments that must not be NULL.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "commands/trigger.h"
}

namespace pg_tenant::sqlapi {

// The text argument as a C string; raises 22023, naming it so, when it is NULL.
const char *required_text(FunctionCallInfo fcinfo, int argument, const char *what);

// The same of an OID (a regclass, a regtype).
Oid required_oid(FunctionCallInfo fcinfo, int argument, const char *what);

// What a trigger function is called with; raises where something else calls it.
const TriggerData *called_by_trigger(FunctionCallInfo fcinfo);

// Raises 25001, naming it so, unless a procedure was called where it may commit.
void require_outside_block(FunctionCallInfo fcinfo, const char *procedure);

} // namespace pg_tenant::sqlapi
