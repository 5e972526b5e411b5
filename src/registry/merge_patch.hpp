// JSON as configurations use it: merge patches (RFC 7396), and values by their keys.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "utils/jsonb.h"
}

namespace pg_tenant::registry {

// What the target becomes: members of the patch take the place of its own, null removes one, objects are
// merged. The patch itself, where it is no object.
const Jsonb *merge_patch(const Jsonb *target, const Jsonb *patch);

// Finds the member of this name or else, a dot in it leading into an object, the one of that path. False if
// there is neither.
bool find_value(const Jsonb *config, std::string_view key, JsonbValue *value);

} // namespace pg_tenant::registry
