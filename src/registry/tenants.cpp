#include "registry/tenants.hpp"

#include <cstring>

#include "registry/table.hpp"

extern "C" {
#include "access/htup_details.h"
#include "common/hashfn.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/memutils.h"
}

namespace pg_tenant::registry {
namespace {

// As many as src/schema creates (types tenant.bucket_0 and on).
constexpr uint32 kBuckets = 256;
// A backend that serves more tenants than this starts its cache again.
constexpr long kMaxCached = 65536;

// The first columns of tenant.tenants (src/schema).
constexpr AttrNumber kColumnId = 1;
constexpr AttrNumber kColumnName = 2;
constexpr AttrNumber kColumnPlatform = 3;
constexpr AttrNumber kColumnStatus = 4;

MemoryContext cache_memory = nullptr;
HTAB *cache = nullptr;
Oid buckets[kBuckets];
uint64 generations[kBuckets];
Oid registry_relation = InvalidOid;

uint32 hash_id(const void *key, Size) {
	const char *id = *static_cast<const char *const *>(key);
	return hash_bytes(reinterpret_cast<const unsigned char *>(id), static_cast<int>(strlen(id)));
}

int match_id(const void *a, const void *b, Size) {
	return strcmp(*static_cast<const char *const *>(a), *static_cast<const char *const *>(b));
}

void create_cache() {
	if (cache_memory != nullptr)
		MemoryContextDelete(cache_memory);
	cache = nullptr;
	cache_memory = AllocSetContextCreate(CacheMemoryContext, "pg_tenant tenants", ALLOCSET_DEFAULT_SIZES);
	HASHCTL control;
	memset(&control, 0, sizeof(control));
	control.keysize = sizeof(const char *);
	control.entrysize = sizeof(Tenant);
	control.hash = hash_id;
	control.match = match_id;
	control.hcxt = cache_memory;
	cache = hash_create("pg_tenant tenants", 64, &control,
						HASH_ELEM | HASH_FUNCTION | HASH_COMPARE | HASH_CONTEXT);
}

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

char *copy_column(HeapTuple tuple, AttrNumber column, TupleDesc descriptor) {
	bool is_null;
	const Datum value = heap_getattr(tuple, column, descriptor, &is_null);
	if (is_null)
		return nullptr;
	char *plain = TextDatumGetCString(value);
	char *copy = MemoryContextStrdup(cache_memory, plain);
	pfree(plain);
	return copy;
}

void drop_texts(Tenant *tenant) {
	if (tenant->name != nullptr)
		pfree(const_cast<char *>(tenant->name));
	if (tenant->platform_id != nullptr)
		pfree(const_cast<char *>(tenant->platform_id));
}

void read_registry(const core::TenantId &id, Tenant *tenant) {
	ScanKeyData key;
	ScanKeyInit(&key, kColumnId, BTEqualStrategyNumber, F_TEXTEQ, CStringGetTextDatum(id.text));
	(void)find_row(registry_relation, &key, 1, [tenant](HeapTuple tuple, TupleDesc descriptor) {
		bool is_null;
		const Datum status = heap_getattr(tuple, kColumnStatus, descriptor, &is_null);
		tenant->status = status_of(is_null ? "" : TextDatumGetCString(status));
		tenant->name = copy_column(tuple, kColumnName, descriptor);
		tenant->platform_id = copy_column(tuple, kColumnPlatform, descriptor);
	});
}

// Reads until no message about the bucket arrived meanwhile.
void load(const core::TenantId &id, Tenant *tenant) {
	const uint32 bucket = tenant->bucket;
	uint64 seen;
	do {
		if (!OidIsValid(buckets[bucket]))
			buckets[bucket] = bucket_oid(bucket);
		if (!OidIsValid(registry_relation))
			registry_relation = own_relation("tenants");
		AcceptInvalidationMessages();
		seen = generations[bucket];
		tenant->status = TenantStatus::kUnknown;
		tenant->name = nullptr;
		tenant->platform_id = nullptr;
		if (OidIsValid(registry_relation))
			read_registry(id, tenant);
		AcceptInvalidationMessages();
	} while (seen != generations[bucket]);
	// Without its bucket the entry would never be told of a change: valid for this call only.
	tenant->generation = OidIsValid(buckets[bucket]) ? seen : seen - 1;
}

} // namespace

const Tenant *find_tenant(const core::TenantId &id) {
	if (cache == nullptr || hash_get_num_entries(cache) > kMaxCached)
		create_cache();
	const char *key = id.text;
	auto *found =
		static_cast<Tenant *>(hash_search(cache, static_cast<const void *>(&key), HASH_FIND, nullptr));
	if (likely(found != nullptr && found->generation == generations[found->bucket]))
		return found;

	Tenant tenant = {};
	tenant.bucket = bucket_of(id);
	load(id, &tenant);
	// Loading may have raised or have taken messages, so the entry is looked up again.
	found = static_cast<Tenant *>(hash_search(cache, static_cast<const void *>(&key), HASH_FIND, nullptr));
	if (found == nullptr) {
		key = MemoryContextStrdup(cache_memory, id.text);
		found =
			static_cast<Tenant *>(hash_search(cache, static_cast<const void *>(&key), HASH_ENTER, nullptr));
		found->name = nullptr;
		found->platform_id = nullptr;
	}
	drop_texts(found);
	tenant.id = found->id;
	*found = tenant;
	return found;
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
