#include "registry/buckets.hpp"

#include "registry/table.hpp"

namespace pg_tenant::registry {

Oid Buckets::find(uint32 bucket) const {
	char name[NAMEDATALEN];
	snprintf(name, sizeof(name), "%s%u", prefix, bucket);
	return own_relation(name);
}

void Buckets::resolve(const core::TenantId &id) {
	Oid &relation = relations[id.hash % kCount];
	if (!OidIsValid(relation))
		relation = find(id.hash % kCount);
}

void Buckets::announce(const core::TenantId &id) const {
	const Oid bucket = find(id.hash % kCount);
	if (!OidIsValid(bucket))
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
						errmsg("invalidation bucket of the tenant registry is missing"),
						errhint("Create the extension pg_tenant again.")));
	CacheInvalidateRelcacheByRelid(bucket);
}

void Buckets::forget(Oid relation, bool is_all) {
	for (uint32 bucket = 0; bucket < kCount; bucket++) {
		if (is_all || relations[bucket] == relation) {
			generations[bucket]++;
			relations[bucket] = InvalidOid;
		}
	}
}

} // namespace pg_tenant::registry
