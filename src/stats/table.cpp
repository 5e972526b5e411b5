#include "stats/table.hpp"

#include <cstring>

#include "context/settings.hpp"
#include "pg/error.hpp"
#include "pg/process.hpp"
#include "stats/kept.hpp"
#include "stats/named.hpp"

extern "C" {
#include "storage/ipc.h"
#include "storage/lwlock.h"
#include "storage/proc.h"
#include "storage/shmem.h"
#include "utils/timestamp.h"
}

namespace pg_tenant::stats {
namespace {

constexpr const char *kTranche = "pg_tenant_statistics";

struct Shared {
	LWLock *lock;
	int64 evictions;
	TimestampTz since;
	Slot slots[FLEXIBLE_ARRAY_MEMBER];
};

// NULL without preloading, or if nothing is to be tracked.
Shared *shared = nullptr;
Slot *own = nullptr;

Size shared_size() { return offsetof(Shared, slots) + static_cast<Size>(MaxBackends) * sizeof(Slot); }

template <typename Call> void with_lock(LWLockMode mode, Call call) {
	LWLockAcquire(shared->lock, mode);
	call();
	LWLockRelease(shared->lock);
}

bool is_complete() {
	for (int i = 0; i < MaxBackends; i++) {
		if (shared->slots[i].pid != 0)
			return false;
	}
	return true;
}

// A session that was killed has taken what it counted with it, and may have left the table half written.
void keep(int code, Datum) {
	if (code == 0 && shared != nullptr && is_complete())
		keep_entries({shared->evictions, shared->since});
}

void make() {
	bool found;
	shared = static_cast<Shared *>(ShmemInitStruct("pg_tenant statistics", shared_size(), &found));
	make_entries();
	if (found)
		return;
	memset(static_cast<void *>(shared), 0, shared_size());
	for (int i = 0; i < MaxBackends; i++) {
		pg_atomic_init_u32(&shared->slots[i].changes, 0);
		pg_atomic_init_u32(&shared->slots[i].is_void, 0);
	}
	shared->lock = &GetNamedLWLockTranche(kTranche)->lock;
	const Kept kept = take_kept_entries();
	shared->evictions = kept.evictions;
	shared->since = kept.since != 0 ? kept.since : GetCurrentTimestamp();
}

// What it did last counts too.
void give_back(int, Datum) {
	move_counted(own);
	begin_write(own);
	own->pid = 0;
	own->is_here = false;
	own->is_running = false;
	end_write(own);
	own = nullptr;
}

// A copy that no write went through the middle of.
void copy_slot(Slot *slot, Slot *copy) {
	uint32 before;
	do {
		before = pg_atomic_read_u32(&slot->changes);
		pg_read_barrier();
		memcpy(static_cast<void *>(copy), slot, sizeof(*copy));
		pg_read_barrier();
	} while (before % 2 != 0 || before != pg_atomic_read_u32(&slot->changes));
	if (pg_atomic_read_u32(&slot->is_void) != 0) {
		copy->counted = {};
		copy->of_nobody = {};
	}
}

// Calls with a copy of each slot in use; under the lock, so that nothing is moved meanwhile.
template <typename Call> void for_each_slot(Slot *copy, Call call) {
	for (int i = 0; i < MaxBackends; i++) {
		copy_slot(&shared->slots[i], copy);
		if (copy->pid != 0)
			call(&shared->slots[i]);
	}
}

// Tenants that sessions have now keep their entries.
void evict() {
	for_each_entry([](Entry *entry) {
		entry->is_in_use = false;
		return true;
	});
	for (int i = 0; i < MaxBackends; i++) {
		// A key that is half written names nobody.
		Entry *entry = shared->slots[i].pid == 0 || !shared->slots[i].is_here
						   ? nullptr
						   : find_entry(shared->slots[i].key);
		if (entry != nullptr)
			entry->is_in_use = true;
	}
	shared->evictions += make_room();
}

// Others make room for it.
Entry *enter_tenant(const Key &key) {
	if (is_full() && is_tenant(key) && find_entry(key) == nullptr)
		evict();
	return enter(key);
}

void add_to(const Key &key, const Counters &counted) {
	if (counted.last_seen == 0)
		return;
	Entry *entry = enter_tenant(key);
	if (entry == nullptr)
		entry = enter({key.database, 0, {}});
	if (entry != nullptr)
		add_counters(&entry->counted, counted);
}

void add_row(Row *rows, int *count, const Key &key, const Counters &counted, const Slot *slot) {
	int place = 0;
	while (place < *count && !is_same_key(rows[place].key, key))
		place++;
	if (place == *count)
		rows[(*count)++] = {key, {}, 0, 0, false};
	add_counters(&rows[place].counted, counted);
	if (slot != nullptr && slot->is_here) {
		rows[place].sessions++;
		rows[place].running += slot->is_running ? 1 : 0;
	}
}

// What a reader needs, allocated before it has the lock.
struct Reading {
	Slot *copy;
	Row *rows;
	int count;
	int64 most;
};

void read_all(Reading *reading) {
	for_each_entry([&](Entry *entry) {
		if (entry->key.database == MyDatabaseId && !is_balance(entry->key) && reading->count < reading->most)
			reading->rows[reading->count++] = {entry->key, entry->counted, 0, 0, false};
		return true;
	});
	Slot *copy = reading->copy;
	for_each_slot(copy, [&](const Slot *) {
		if (copy->key.database != MyDatabaseId)
			return;
		if (copy->is_here || copy->counted.last_seen != 0)
			add_row(reading->rows, &reading->count, copy->key, copy->counted, copy);
		if (copy->of_nobody.last_seen != 0)
			add_row(reading->rows, &reading->count, nobody_here(), copy->of_nobody, nullptr);
	});
}

void require_tracked() {
	pg::require_preloaded("the count of what tenants do");
	if (shared == nullptr)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE), errmsg("tenants are not tracked"),
				 errhint("ALTER SYSTEM SET pg_tenant.max_tracked_tenants = 1000; and restart the server.")));
}

Reading start_reading() {
	require_tracked();
	auto *copy = static_cast<Slot *>(palloc(sizeof(Slot)));
	const auto most =
		static_cast<Size>(context::max_tracked_tenants) + 2 * static_cast<Size>(MaxBackends) + 2;
	auto *rows = static_cast<Row *>(MemoryContextAllocHuge(CurrentMemoryContext, most * sizeof(Row)));
	return {copy, rows, 0, static_cast<int64>(most)};
}

} // namespace

void request_table_memory() {
	if (context::max_tracked_tenants == 0)
		return;
	RequestAddinShmemSpace(add_size(shared_size(), entries_size()));
	RequestNamedLWLockTranche(kTranche, 1);
}

void make_table_memory() {
	if (context::max_tracked_tenants == 0)
		return;
	LWLockAcquire(AddinShmemInitLock, LW_EXCLUSIVE);
	make();
	LWLockRelease(AddinShmemInitLock);
	if (!IsUnderPostmaster)
		on_shmem_exit(keep, 0);
}

Slot *own_slot() {
	if (likely(own != nullptr) || shared == nullptr)
		return own;
	const int number = MyProc == nullptr ? -1 : pg::process_number(MyProc);
	if (number < 0 || number >= MaxBackends || !OidIsValid(MyDatabaseId))
		return nullptr;
	own = &shared->slots[number];
	before_shmem_exit(give_back, 0);
	begin_write(own);
	own->pid = MyProcPid;
	own->key = nobody_here();
	own->is_here = false;
	own->is_running = false;
	own->statements = 0;
	own->since = 0;
	own->counted = {};
	own->of_nobody = {};
	pg_atomic_write_u32(&own->is_void, 0);
	end_write(own);
	return own;
}

void begin_write(Slot *slot) {
	pg_atomic_write_u32(&slot->changes, pg_atomic_read_u32(&slot->changes) + 1);
	pg_write_barrier();
	if (unlikely(pg_atomic_read_u32(&slot->is_void) != 0)) {
		slot->counted = {};
		slot->of_nobody = {};
		pg_atomic_write_u32(&slot->is_void, 0);
	}
}

void end_write(Slot *slot) {
	pg_write_barrier();
	pg_atomic_write_u32(&slot->changes, pg_atomic_read_u32(&slot->changes) + 1);
}

void move_counted(Slot *slot) {
	with_lock(LW_EXCLUSIVE, [&] {
		begin_write(slot);
		add_to(slot->key, slot->counted);
		add_to(nobody_here(), slot->of_nobody);
		slot->counted = {};
		slot->of_nobody = {};
		end_write(slot);
	});
}

Row *read_rows(int *count) {
	Reading reading = start_reading();
	with_lock(LW_SHARED, [&] { read_all(&reading); });
	*count = reading.count;
	return reading.rows;
}

Row *read_most_used(int most, int *count) {
	Reading reading = start_reading();
	auto *order = static_cast<int *>(
		MemoryContextAllocHuge(CurrentMemoryContext, static_cast<Size>(reading.most) * sizeof(int)));
	with_lock(LW_EXCLUSIVE, [&] {
		// A session that has one tenant for ever is in its slot alone, and only an entry has a name.
		for_each_slot(reading.copy, [&](const Slot *) {
			if (reading.copy->key.database == MyDatabaseId && reading.copy->counted.last_seen != 0)
				(void)enter_tenant(reading.copy->key);
		});
		read_all(&reading);
		*count = name_most_used(reading.rows, reading.count, most, order);
	});
	pfree(order);
	return reading.rows;
}

Slot *read_slots(int *count) {
	require_tracked();
	auto *copies = static_cast<Slot *>(palloc(static_cast<Size>(MaxBackends) * sizeof(Slot)));
	*count = 0;
	for (int i = 0; i < MaxBackends; i++) {
		Slot *copy = &copies[*count];
		copy_slot(&shared->slots[i], copy);
		if (copy->pid != 0 && copy->key.database == MyDatabaseId)
			(*count)++;
	}
	return copies;
}

Info read_info() {
	require_tracked();
	Info info = {context::max_tracked_tenants, 0, 0, 0};
	with_lock(LW_SHARED, [&] {
		for_each_entry([&](const Entry *entry) {
			info.now += is_tenant(entry->key) ? 1 : 0;
			return true;
		});
		info.evictions = shared->evictions;
		info.since = shared->since;
	});
	return info;
}

void reset(const core::TenantId *id) {
	require_tracked();
	Key key = nobody_here();
	if (id != nullptr) {
		key.hash = id->hash;
		memcpy(key.text, id->text, id->length + 1);
	}
	auto *copy = static_cast<Slot *>(palloc(sizeof(Slot)));
	with_lock(LW_EXCLUSIVE, [&] {
		for_each_slot(copy, [&](Slot *slot) {
			if (copy->key.database != MyDatabaseId || (id != nullptr && !is_same_key(copy->key, key)))
				return;
			pg_atomic_write_u32(&slot->is_void, 1);
			if (id != nullptr)
				note_forgotten(key, copy->counted);
		});
		if (id != nullptr) {
			const Entry *entry = find_entry(key);
			if (entry != nullptr)
				note_forgotten(key, entry->counted);
			drop_entry(key);
			return;
		}
		for_each_entry([](Entry *entry) {
			if (entry->key.database == MyDatabaseId)
				drop_entry(Key(entry->key));
			return true;
		});
		shared->evictions = 0;
		shared->since = GetCurrentTimestamp();
	});
	pfree(copy);
}

} // namespace pg_tenant::stats
