// What sessions know of tenants is told to be void by relcache messages: an ordinary row write sends none,
// one about a relation does. So each of a set of relations, its buckets, stands for the tenants of some
// hashes.
#pragma once

#include "core/tenant_id.hpp"
#include "pg/prelude.hpp"

extern "C" {
#include "utils/inval.h"
}

namespace pg_tenant::registry {

// An aggregate, so that a variable of static storage needs no constructor.
struct Buckets {
	// As many as src/schema creates: types of this prefix, tenant.bucket_0 and on.
	static constexpr uint32 kCount = 256;
	const char *prefix;
	Oid relations[kCount];
	uint64 generations[kCount];

	// Anything that was read of the tenant in an older generation is void.
	uint64 generation(const core::TenantId &id) const { return generations[id.hash % kCount]; }

	// Calls until no message about the tenant arrives meanwhile. Returns the generation of what was read.
	template <typename Call> uint64 read(const core::TenantId &id, Call call) {
		uint64 seen;
		do {
			resolve(id);
			AcceptInvalidationMessages();
			seen = generation(id);
			call();
			AcceptInvalidationMessages();
		} while (seen != generation(id));
		// Without its bucket nobody would tell of a change: valid for this call only.
		return OidIsValid(relations[id.hash % kCount]) ? seen : seen - 1;
	}

	// Tells every session, when this transaction commits, that what it knows of the tenant is void.
	void announce(const core::TenantId &id) const;

	// Called for every relcache message; never raises.
	void forget(Oid relation, bool is_all);

  private:
	void resolve(const core::TenantId &id);
	Oid find(uint32 bucket) const;
};

} // namespace pg_tenant::registry
