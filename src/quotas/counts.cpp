#include "quotas/counts.hpp"

#include <algorithm>
#include <cstring>

#include "context/settings.hpp"
#include "pg/error.hpp"

extern "C" {
#include "access/xact.h"
#include "port/atomics.h"
#include "storage/ipc.h"
#include "storage/lwlock.h"
#include "storage/shmem.h"
#include "utils/hsearch.h"
#include "utils/timestamp.h"
}

namespace pg_tenant::quotas {
namespace {

constexpr const char *kLockName = "pg_tenant quotas";

struct Common {
	pg_atomic_uint32 is_in_use;
	uint64 serial;
};

struct Entry {
	Key key;
	bool is_known;
	uint64 serial; // another one when it is forgotten
	int64 counted; // less what had been added by then
	int64 added;
	int64 reserved;
	TimestampTz counted_at;
	pg_atomic_uint64 used_at;
};

Common *common = nullptr;
HTAB *entries = nullptr;
// Exclusive for all but looking.
LWLock *lock = nullptr;

HASHCTL table_of_entries() {
	HASHCTL control = {};
	control.keysize = sizeof(Key);
	control.entrysize = sizeof(Entry);
	return control;
}

template <typename Call> void with_lock(LWLockMode mode, Call call) {
	LWLockAcquire(lock, mode);
	call();
	LWLockRelease(lock);
}

template <typename Call> void for_each_entry(Call call) {
	HASH_SEQ_STATUS scan;
	hash_seq_init(&scan, entries);
	while (auto *entry = static_cast<Entry *>(hash_seq_search(&scan)))
		call(entry);
}

Entry *find_entry(const Key &key) {
	return static_cast<Entry *>(hash_search(entries, &key, HASH_FIND, nullptr));
}

// Those that were not asked for in the oldest eighth of the time.
void make_room() {
	const auto now = static_cast<uint64>(GetCurrentTimestamp());
	uint64 oldest = now;
	for_each_entry([&](Entry *entry) {
		if (entry->reserved == 0)
			oldest = std::min(oldest, pg_atomic_read_u64(&entry->used_at));
	});
	const uint64 until = oldest + (now - oldest) / 8;
	for_each_entry([&](Entry *entry) {
		if (entry->reserved == 0 && pg_atomic_read_u64(&entry->used_at) <= until)
			(void)hash_search(entries, &entry->key, HASH_REMOVE, nullptr);
	});
}

bool is_full() { return hash_get_num_entries(entries) >= context::max_quota_counts; }

Entry *find_or_add(const Key &key) {
	Entry *entry = find_entry(key);
	if (entry != nullptr)
		return entry;
	if (is_full())
		make_room();
	if (is_full())
		ereport(ERROR, (errcode(ERRCODE_CONFIGURATION_LIMIT_EXCEEDED),
						errmsg("there is no room to count rows for another quota"),
						errhint("ALTER SYSTEM SET pg_tenant.max_quota_counts = %d; and restart the server.",
								context::max_quota_counts * 2)));
	entry = static_cast<Entry *>(hash_search(entries, &key, HASH_ENTER, nullptr));
	entry->is_known = false;
	entry->serial = ++common->serial;
	entry->counted = entry->added = entry->reserved = 0;
	entry->counted_at = 0;
	pg_atomic_init_u64(&entry->used_at, static_cast<uint64>(GetCurrentTimestamp()));
	return entry;
}

int64 value_of(const Entry *entry) { return std::max<int64>(entry->counted + entry->added, 0); }

Count count_of(const Entry *entry) {
	return {entry->key, entry->is_known, value_of(entry), entry->reserved, entry->counted_at};
}

void forget(Entry *entry) {
	entry->is_known = false;
	entry->serial = ++common->serial;
}

bool has_room(const Addition &addition, const Entry *entry) {
	return entry != nullptr && entry->is_known &&
		   value_of(entry) + entry->reserved + addition.amount <= addition.limit;
}

bool needs_room(const Addition &addition) {
	return addition.is_kept && addition.amount > 0 && addition.limit > 0;
}

} // namespace

Key key_of(const core::TenantId &tenant, Oid relation) {
	Key key;
	memset(&key, 0, sizeof(key));
	key.database = MyDatabaseId;
	key.relation = relation;
	memcpy(key.id, tenant.text, tenant.length);
	return key;
}

void request_memory() {
	RequestAddinShmemSpace(
		add_size(hash_estimate_size(context::max_quota_counts, sizeof(Entry)), sizeof(Common)));
	RequestNamedLWLockTranche(kLockName, 1);
}

void make_memory() {
	bool is_found;
	LWLockAcquire(AddinShmemInitLock, LW_EXCLUSIVE);
	common = static_cast<Common *>(ShmemInitStruct("pg_tenant quotas", sizeof(Common), &is_found));
	if (!is_found) {
		pg_atomic_init_u32(&common->is_in_use, 0);
		common->serial = 0;
	}
	HASHCTL control = table_of_entries();
	entries = ShmemInitHash("pg_tenant quota counts", context::max_quota_counts, context::max_quota_counts,
							&control, HASH_ELEM | HASH_BLOBS);
	lock = &GetNamedLWLockTranche(kLockName)->lock;
	LWLockRelease(AddinShmemInitLock);
}

bool is_in_force() { return common != nullptr; }

bool is_in_use() { return common != nullptr && pg_atomic_read_u32(&common->is_in_use) != 0; }

void begin_use() { pg_atomic_write_u32(&common->is_in_use, 1); }

bool find(const Key &key, Count *count) {
	bool is_known = false;
	with_lock(LW_SHARED, [&] {
		Entry *entry = find_entry(key);
		if (entry == nullptr)
			return;
		pg_atomic_write_u64(&entry->used_at, static_cast<uint64>(GetCurrentStatementStartTimestamp()));
		*count = count_of(entry);
		is_known = entry->is_known;
	});
	return is_known;
}

Mark begin_count(const Key &key) {
	Mark mark = {};
	with_lock(LW_EXCLUSIVE, [&] {
		const Entry *entry = find_or_add(key);
		mark = {entry->serial, entry->added};
	});
	return mark;
}

bool end_count(const Key &key, const Mark &mark, int64 value) {
	bool is_stored = false;
	with_lock(LW_EXCLUSIVE, [&] {
		Entry *entry = find_entry(key);
		if (entry == nullptr || entry->serial != mark.serial)
			return;
		entry->counted = value - mark.added;
		entry->is_known = true;
		entry->counted_at = GetCurrentTimestamp();
		is_stored = true;
	});
	return is_stored;
}

const Addition *reserve(Addition *additions, int count) {
	const Addition *end = additions + count;
	const Addition *first;
	with_lock(LW_EXCLUSIVE, [&] {
		first = std::find_if(static_cast<const Addition *>(additions), end, [](const Addition &addition) {
			return needs_room(addition) && !has_room(addition, find_entry(addition.key));
		});
		for (Addition *addition = additions; first == end && addition != end; addition++) {
			if (needs_room(*addition)) {
				addition->reserved = addition->amount;
				find_entry(addition->key)->reserved += addition->amount;
			}
		}
	});
	return first == end ? nullptr : first;
}

void give_back(const Addition &addition) {
	if (addition.reserved == 0)
		return;
	with_lock(LW_EXCLUSIVE, [&] { find_entry(addition.key)->reserved -= addition.reserved; });
}

void add(const Addition &addition) {
	with_lock(LW_EXCLUSIVE, [&] {
		Entry *entry = find_entry(addition.key);
		if (entry == nullptr)
			return;
		entry->reserved -= addition.reserved;
		if (addition.is_kept)
			entry->added += addition.amount;
		else
			forget(entry);
	});
}

void forget_table(Oid relation) {
	with_lock(LW_EXCLUSIVE, [&] {
		for_each_entry([&](Entry *entry) {
			if (entry->key.database == MyDatabaseId &&
				(entry->key.relation == relation || entry->key.relation == InvalidOid))
				forget(entry);
		});
	});
}

void forget_database() {
	with_lock(LW_EXCLUSIVE, [&] {
		for_each_entry([&](Entry *entry) {
			if (entry->key.database == MyDatabaseId)
				forget(entry);
		});
	});
}

List *list_counts() {
	List *list = NIL;
	with_lock(LW_SHARED, [&] {
		for_each_entry([&](Entry *entry) {
			if (entry->key.database != MyDatabaseId)
				return;
			auto *count = static_cast<Count *>(palloc(sizeof(Count)));
			*count = count_of(entry);
			list = lappend(list, count);
		});
	});
	return list;
}

} // namespace pg_tenant::quotas
