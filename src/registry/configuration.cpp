#include "registry/configuration.hpp"

#include <cstring>

#include "context/settings.hpp"
#include "registry/buckets.hpp"
#include "registry/merge_patch.hpp"
#include "registry/recent.hpp"
#include "registry/table.hpp"

extern "C" {
#include "access/htup_details.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
}

namespace pg_tenant::registry {
namespace {

// Columns of tenant.tenants and tenant.config_layers (src/schema), whose first is the primary key.
constexpr AttrNumber kColumnKey = 1;
constexpr AttrNumber kTenantPlatform = 3;
constexpr AttrNumber kTenantConfig = 7;
constexpr AttrNumber kLayerConfig = 2;

// Configurations of any size: as many as pg_tenant.cached_tenants says, and no more than this in all.
constexpr Size kMaxBytes = Size{32} * 1024 * 1024;

// The two tables: where they are is forgotten by a message that arrives while they are read.
struct Source {
	Oid tenants;
	Oid layers;
};

// Owns what it points to.
struct Entry {
	const char *id;
	uint64 generation;
	const Jsonb *config;

	void release();
};

RecentTable<uint32, Entry> cache = {"pg_tenant configurations", nullptr, nullptr, {}};
Size cached_bytes = 0;
Buckets buckets = {"config_bucket_", {}, {}};
Source known = {InvalidOid, InvalidOid};

void Entry::release() {
	if (id != nullptr)
		pfree(const_cast<char *>(id));
	if (config != nullptr) {
		cached_bytes -= VARSIZE(config);
		pfree(const_cast<Jsonb *>(config));
	}
}

bool is_entry_of(const Entry *entry, const core::TenantId &id) {
	return entry != nullptr && entry->id != nullptr && strcmp(entry->id, id.text) == 0;
}

const Jsonb *empty_object() {
	JsonbParseState *made = nullptr;
	(void)pushJsonbValue(&made, WJB_BEGIN_OBJECT, nullptr);
	return JsonbValueToJsonb(pushJsonbValue(&made, WJB_END_OBJECT, nullptr));
}

// The row's configuration in memory of the caller's.
const Jsonb *config_of(HeapTuple row, AttrNumber column, TupleDesc descriptor) {
	bool is_null;
	const Datum value = heap_getattr(row, column, descriptor, &is_null);
	return is_null ? nullptr : DatumGetJsonbPCopy(value);
}

template <typename Call> void with_row(Oid relation, const char *key, Call call) {
	ScanKeyData scan;
	ScanKeyInit(&scan, kColumnKey, BTEqualStrategyNumber, F_TEXTEQ, CStringGetTextDatum(key));
	(void)find_row(relation, &scan, 1, call);
}

const Jsonb *patched_by_layer(const Jsonb *config, Oid layers, const char *platform) {
	with_row(layers, platform, [&](HeapTuple row, TupleDesc descriptor) {
		const Jsonb *patch = config_of(row, kLayerConfig, descriptor);
		if (patch != nullptr)
			config = merge_patch(config, patch);
	});
	return config;
}

const Jsonb *read_configuration(const core::TenantId &id, const Source &source) {
	const char *platform = nullptr;
	const Jsonb *own = nullptr;
	with_row(source.tenants, id.text, [&](HeapTuple row, TupleDesc descriptor) {
		bool is_null;
		const Datum value = heap_getattr(row, kTenantPlatform, descriptor, &is_null);
		platform = is_null ? nullptr : TextDatumGetCString(value);
		own = config_of(row, kTenantConfig, descriptor);
	});
	const Jsonb *config = patched_by_layer(empty_object(), source.layers, "");
	if (platform != nullptr)
		config = patched_by_layer(config, source.layers, platform);
	return own == nullptr ? config : merge_patch(config, own);
}

Oid find_known(Oid *relation, const char *name) {
	if (!OidIsValid(*relation))
		*relation = own_relation(name);
	return *relation;
}

uint64 load(const core::TenantId &id, const Jsonb **config) {
	return buckets.read(id, [&] {
		const Source source = {find_known(&known.tenants, "tenants"),
							   find_known(&known.layers, "config_layers")};
		const bool is_installed = OidIsValid(source.tenants) && OidIsValid(source.layers);
		*config = is_installed ? read_configuration(id, source) : empty_object();
	});
}

Entry *renew(const core::TenantId &id) {
	const Jsonb *config;
	const uint64 generation = load(id, &config);
	const Size size = VARSIZE(config);
	while (cached_bytes + size > kMaxBytes && cache.drop_oldest())
		;
	Entry *found = cache.enter(id.hash, context::cached_tenants);
	found->release();
	*found = {};
	found->config = static_cast<Jsonb *>(MemoryContextAlloc(cache.memory, size));
	memcpy(const_cast<Jsonb *>(found->config), config, size);
	cached_bytes += size;
	found->generation = generation;
	// Last: without memory for it this is nobody's entry.
	found->id = MemoryContextStrdup(cache.memory, id.text);
	return found;
}

} // namespace

uint64 configuration_generation(const core::TenantId &id) { return buckets.generation(id); }

const Jsonb *find_configuration(const core::TenantId &id, uint64 *generation) {
	Entry *found = cache.find(id.hash);
	if (unlikely(!(is_entry_of(found, id) && found->generation == buckets.generation(id))))
		found = renew(id);
	if (generation != nullptr)
		*generation = found->generation;
	return found->config;
}

void announce_configuration(const core::TenantId &id) { buckets.announce(id); }

void forget_configurations(Oid relation) {
	const bool is_all = !OidIsValid(relation) || relation == known.layers || relation == known.tenants;
	buckets.forget(relation, is_all);
	if (is_all)
		known = {InvalidOid, InvalidOid};
}

} // namespace pg_tenant::registry
