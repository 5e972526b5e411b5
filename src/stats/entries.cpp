#include "stats/entries.hpp"

#include <algorithm>
#include <cstring>

#include "context/settings.hpp"
#include "stats/named.hpp"

extern "C" {
#include "common/hashfn.h"
#include "storage/shmem.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
}

namespace pg_tenant::stats {
namespace {

HTAB *entries = nullptr;

uint32 hash_key(const void *key, Size) {
	auto *own = static_cast<const Key *>(key);
	return hash_combine(own->hash, murmurhash32(own->database));
}

int compare_keys(const void *a, const void *b, Size) {
	return is_same_key(*static_cast<const Key *>(a), *static_cast<const Key *>(b)) ? 0 : 1;
}

struct Oldest {
	TimestampTz last_seen;
	Entry *entry;
};

void drop_to_nobody(Entry *entry) {
	const Counters counted = entry->counted;
	const Oid database = entry->key.database;
	note_lost(*entry);
	// First, so that there is room.
	drop_entry(Key(entry->key));
	Entry *nobody = enter({database, 0, {}});
	if (nobody != nullptr)
		add_counters(&nobody->counted, counted);
}

} // namespace

Size entries_size() { return hash_estimate_size(context::max_tracked_tenants, sizeof(Entry)); }

void make_entries() {
	HASHCTL control = {};
	control.keysize = sizeof(Key);
	control.entrysize = sizeof(Entry);
	control.hash = hash_key;
	control.match = compare_keys;
	entries = ShmemInitHash("pg_tenant tenants", context::max_tracked_tenants, context::max_tracked_tenants,
							&control, HASH_ELEM | HASH_FUNCTION | HASH_COMPARE);
}

bool is_same_key(const Key &a, const Key &b) {
	return a.hash == b.hash && a.database == b.database && strcmp(a.text, b.text) == 0;
}

Key nobody_here() { return {MyDatabaseId, 0, {}}; }

Entry *find_entry(const Key &key) {
	return static_cast<Entry *>(hash_search(entries, &key, HASH_FIND, nullptr));
}

Entry *enter(const Key &key) {
	Entry *entry = find_entry(key);
	if (entry != nullptr)
		return entry;
	// Shared memory has room for more than was asked for, which others may need.
	if (is_full() && is_tenant(key))
		return nullptr;
	entry = static_cast<Entry *>(hash_search(entries, &key, HASH_ENTER_NULL, nullptr));
	if (entry != nullptr) {
		entry->is_in_use = false;
		entry->is_named = false;
		entry->counted = {};
	}
	return entry;
}

bool is_full() { return entry_count() >= context::max_tracked_tenants; }

int64 make_room() {
	auto *oldest = static_cast<Oldest *>(
		MemoryContextAllocExtended(TopMemoryContext, static_cast<Size>(entry_count()) * sizeof(Oldest),
								   MCXT_ALLOC_HUGE | MCXT_ALLOC_NO_OOM));
	if (oldest == nullptr)
		return 0;
	int64 count = 0;
	for_each_entry([&](Entry *entry) {
		if (!entry->is_in_use && is_tenant(entry->key))
			oldest[count++] = {entry->counted.last_seen, entry};
		return true;
	});
	const int64 wanted = Min(count, Max(context::max_tracked_tenants / 20, 1));
	std::partial_sort(oldest, oldest + wanted, oldest + count,
					  [](const Oldest &a, const Oldest &b) { return a.last_seen < b.last_seen; });
	for (int64 i = 0; i < wanted; i++)
		drop_to_nobody(oldest[i].entry);
	pfree(oldest);
	return wanted;
}

void drop_entry(const Key &key) { (void)hash_search(entries, &key, HASH_REMOVE, nullptr); }

int64 entry_count() { return hash_get_num_entries(entries); }

void visit_entries(bool (*visit)(Entry *entry, void *context), void *context) {
	HASH_SEQ_STATUS scan;
	hash_seq_init(&scan, entries);
	while (auto *entry = static_cast<Entry *>(hash_seq_search(&scan))) {
		if (!visit(entry, context)) {
			hash_seq_term(&scan);
			return;
		}
	}
}

} // namespace pg_tenant::stats
