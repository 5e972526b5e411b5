#include "registry/tenants.hpp"

#include <cstring>

#include "context/settings.hpp"
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

// As many as src/schema creates (types tenant.bucket_0 and on).
constexpr uint32 kBuckets = 256;

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
Oid buckets[kBuckets];
uint64 generations[kBuckets];
Oid registry_relation = InvalidOid;

uint32 bucket_of(const core::TenantId &id) { return id.hash % kBuckets; }

Oid bucket_oid(uint32 bucket) {
	char name[NAMEDATALEN];
	snprintf(name, sizeof(name), "bucket_%u", bucket);
	return own_relation(name);
}

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

// Reads until no message about the bucket arrived meanwhile. Returns the generation of what was read; the
// texts are in the caller's memory.
uint64 load(const core::TenantId &id, Tenant *tenant) {
	const uint32 bucket = bucket_of(id);
	uint64 seen;
	do {
		if (!OidIsValid(buckets[bucket]))
			buckets[bucket] = bucket_oid(bucket);
		if (!OidIsValid(registry_relation))
			registry_relation = own_relation("tenants");
		AcceptInvalidationMessages();
		seen = generations[bucket];
		*tenant = {TenantStatus::kUnknown, nullptr, nullptr};
		if (OidIsValid(registry_relation))
			read_registry(id, tenant);
		AcceptInvalidationMessages();
	} while (seen != generations[bucket]);
	// Without its bucket the entry would never be told of a change: valid for this call only.
	return OidIsValid(buckets[bucket]) ? seen : seen - 1;
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
	if (likely(is_entry_of(found, id) && found->generation == generations[bucket_of(id)]))
		return &found->tenant;

	Tenant tenant;
	const uint64 generation = load(id, &tenant);
	// Loading may have asked for other tenants, so the entry is looked up again.
	found = cache.enter(id.hash, context::cached_tenants);
	found->release();
	*found = {};
	found->id = kept(id.text);
	found->tenant = {tenant.status, kept(tenant.name), kept(tenant.platform_id)};
	found->generation = generation;
	return &found->tenant;
}

void announce_change(const core::TenantId &id) {
	const Oid bucket = bucket_oid(bucket_of(id));
	if (!OidIsValid(bucket))
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
						errmsg("invalidation bucket of the tenant registry is missing"),
						errhint("Create the extension pg_tenant again.")));
	CacheInvalidateRelcacheByRelid(bucket);
}

void announce_change_of_all() { CacheInvalidateRelcacheAll(); }

void forget_tenants(Oid relation) {
	const bool is_all = !OidIsValid(relation) || relation == registry_relation;
	for (uint32 bucket = 0; bucket < kBuckets; bucket++) {
		if (is_all || buckets[bucket] == relation) {
			generations[bucket]++;
			buckets[bucket] = InvalidOid;
		}
	}
	if (is_all)
		registry_relation = InvalidOid;
}

} // namespace pg_tenant::registry
