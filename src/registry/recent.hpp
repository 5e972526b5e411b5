// A backend's cache of bounded size: the entries that were used last. Made in memory of its own, which is
// named in pg_backend_memory_contexts.
#pragma once

#include "pg/hash.hpp"

extern "C" {
#include "lib/ilist.h"
#include "utils/memutils.h"
}

namespace pg_tenant::registry {

// Key: compared byte by byte, so it has no padding. Value: has a member release(), which frees what it owns;
// what is new is all zero. Aggregates both, and so is this: a variable of static storage needs no
// constructor.
template <typename Key, typename Value> struct RecentTable {
	const char *name;
	MemoryContext memory;
	HTAB *entries;
	dlist_head by_use; // most recent first

	// NULL where there is none. The value stays where it is until it has to make room or is removed.
	Value *find(const Key &key) {
		if (unlikely(entries == nullptr))
			return nullptr;
		auto *entry = static_cast<Entry *>(hash_search(entries, &key, HASH_FIND, nullptr));
		if (entry == nullptr)
			return nullptr;
		dlist_move_head(&by_use, &entry->node);
		return &entry->value;
	}

	// The value of this key, a new one if need be: then what was not used for longest goes until there are no
	// more than `limit`.
	Value *enter(const Key &key, int limit) {
		if (entries == nullptr)
			create();
		Value *present = find(key);
		if (present != nullptr)
			return present;
		while (hash_get_num_entries(entries) >= limit)
			(void)drop_oldest();
		auto *entry = static_cast<Entry *>(hash_search(entries, &key, HASH_ENTER, nullptr));
		entry->value = Value{};
		dlist_push_head(&by_use, &entry->node);
		return &entry->value;
	}

	// Makes room; false if there is nothing left.
	bool drop_oldest() {
		if (entries == nullptr || dlist_is_empty(&by_use))
			return false;
		dlist_node *last = by_use.head.prev;
		dlist_delete(last);
		auto *oldest = reinterpret_cast<Entry *>(reinterpret_cast<char *>(last) - offsetof(Entry, node));
		oldest->value.release();
		(void)hash_search(entries, &oldest->key, HASH_REMOVE, nullptr);
		return true;
	}

  private:
	struct Entry {
		Key key;
		dlist_node node;
		Value value;
	};

	void create() {
		if (memory == nullptr)
			memory = AllocSetContextCreateInternal(CacheMemoryContext, name, ALLOCSET_DEFAULT_SIZES);
		dlist_init(&by_use);
		entries = pg::make_hash_table<Key, Entry>(name, 64, memory);
	}
};

} // namespace pg_tenant::registry
