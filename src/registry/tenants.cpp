#include "registry/tenants.hpp"

#include <cstring>

#include "context/settings.hpp"
#include "registry/buckets.hpp"
#include "registry/recent.hpp"
#include "registry/table.hpp"

extern "C" {
#include "access/htup_details.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/inval.h"
}

namespace pg_tenant::registry {
namespace {

// The first columns of tenant.tenants (src/schema).
constexpr AttrNumber kColumnId = 1;
constexpr AttrNumber kColumnName = 2;
constexpr AttrNumber kColumnPlatform = 3;
constexpr AttrNumber kColumnStatus = 4;

// Owns its texts.
struct Entry {
	const char *id;
	uint64 generation;
	Tenant tenant;

	void release() {
		for (const char *text : {id, tenant.name, tenant.platform_id}) {
			if (text != nullptr)
				pfree(const_cast<char *>(text));
		}
	}
};

// By the hash of the id: of two tenants that share one, the cache holds the last.
RecentTable<uint32, Entry> cache = {"pg_tenant tenants", nullptr, nullptr, {}};
Buckets buckets = {"bucket_", {}, {}};
Oid registry_relation = InvalidOid;

TenantStatus status_of(const char *text) {
	if (strcmp(text, "active") == 0)
		return TenantStatus::kActive;
	if (strcmp(text, "pending") == 0)
		return TenantStatus::kPending;
	if (strcmp(text, "suspended") == 0)
		return TenantStatus::kSuspended;
	return TenantStatus::kDeleted;
}

char *text_of(HeapTuple tuple, AttrNumber column, TupleDesc descriptor) {
	bool is_null;
	const Datum value = heap_getattr(tuple, column, descriptor, &is_null);
	return is_null ? nullptr : TextDatumGetCString(value);
}

void read_registry(const core::TenantId &id, Tenant *tenant) {
	ScanKeyData key;
	ScanKeyInit(&key, kColumnId, BTEqualStrategyNumber, F_TEXTEQ, CStringGetTextDatum(id.text));
	(void)find_row(registry_relation, &key, 1, [tenant](HeapTuple tuple, TupleDesc descriptor) {
		const char *status = text_of(tuple, kColumnStatus, descriptor);
		tenant->status = status_of(status == nullptr ? "" : status);
		tenant->name = text_of(tuple, kColumnName, descriptor);
		tenant->platform_id = text_of(tuple, kColumnPlatform, descriptor);
	});
}

// Returns the generation of what was read; the texts are in the caller's memory.
uint64 load(const core::TenantId &id, Tenant *tenant) {
	return buckets.read(id, [&] {
		if (!OidIsValid(registry_relation))
			registry_relation = own_relation("tenants");
		*tenant = {TenantStatus::kUnknown, nullptr, nullptr};
		if (OidIsValid(registry_relation))
			read_registry(id, tenant);
	});
}

bool is_entry_of(const Entry *entry, const core::TenantId &id) {
	return entry != nullptr && entry->id != nullptr && strcmp(entry->id, id.text) == 0;
}

const char *kept(const char *text) {
	return text == nullptr ? nullptr : MemoryContextStrdup(cache.memory, text);
}

} // namespace

const Tenant *find_tenant(const core::TenantId &id) {
	Entry *found = cache.find(id.hash);
	if (likely(is_entry_of(found, id) && found->generation == buckets.generation(id)))
		return &found->tenant;

	Tenant tenant;
	const uint64 generation = load(id, &tenant);
	// Loading may have asked for other tenants, so the entry is looked up again.
	found = cache.enter(id.hash, context::cached_tenants);
	found->release();
	*found = {};
	found->tenant.status = tenant.status;
	found->tenant.name = kept(tenant.name);
	found->tenant.platform_id = kept(tenant.platform_id);
	found->generation = generation;
	// Last: without memory for a text this is nobody's entry.
	found->id = kept(id.text);
	return &found->tenant;
}

bool is_known(const core::TenantId &id) {
	return !context::require_registered || find_tenant(id)->status != TenantStatus::kUnknown;
}

void announce_change(const core::TenantId &id) { buckets.announce(id); }

void announce_change_of_all() { CacheInvalidateRelcacheAll(); }

void forget_tenants(Oid relation) {
	const bool is_all = !OidIsValid(relation) || relation == registry_relation;
	buckets.forget(relation, is_all);
	if (is_all)
		registry_relation = InvalidOid;
}

} // namespace pg_tenant::registry
