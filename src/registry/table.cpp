#include "registry/table.hpp"

#include "registry/relations.hpp"

extern "C" {
#include "catalog/namespace.h"
#include "utils/lsyscache.h"
}

namespace pg_tenant::registry {

Oid own_relation(const char *name) {
	const Oid schema = get_namespace_oid(kSchema, true);
	return OidIsValid(schema) ? get_relname_relid(name, schema) : InvalidOid;
}

} // namespace pg_tenant::registry
