#include "events/number.hpp"

#include <cstring>

#include "context/settings.hpp"
#include "events/notices.hpp"
#include "isolation/catalog.hpp"
#include "pg/compat.hpp"
#include "pg/error.hpp"
#include "pg/scoped.hpp"
#include "pg/spi.hpp"
#include "registry/table.hpp"

extern "C" {
#include "access/heapam.h"
#include "access/htup_details.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/indexing.h"
#include "catalog/pg_type_d.h"
#include "commands/async.h"
#include "executor/spi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/uuid.h"
}

namespace pg_tenant::events {
namespace {

constexpr char kChannel[] = "pg_tenant_events";

// The columns of tenant.events, event_streams, event_consumers and event_deliveries that are used here
// (src/schema).
constexpr AttrNumber kEventId = 1;
constexpr AttrNumber kEventTenant = 2;
constexpr AttrNumber kEventType = 3;
constexpr AttrNumber kEventSequence = 10;
constexpr AttrNumber kStreamTenant = 1;
constexpr AttrNumber kStreamLast = 2;
constexpr int kStreamColumns = 2;
constexpr AttrNumber kConsumerId = 1;
constexpr AttrNumber kConsumerTypes = 3;
constexpr int kDeliveryColumns = 8;
constexpr int kDeliveryGiven = 6;

// A tenant that the transaction publishes for. Of two whose ids have the same hash one is kept.
struct Published {
	uint32 hash;
	bool is_locked;
	const char *tenant;
};

// In the transaction's memory; NULL until something is published.
HTAB *published = nullptr;
// Whether the streams of all of them are locked.
bool all_locked = true;
bool is_preparing = false;

Published *find_published(const core::TenantId &tenant, HASHACTION action, bool *is_found) {
	return static_cast<Published *>(hash_search(published, &tenant.hash, action, is_found));
}

Relation open_own(const char *name, LOCKMODE mode) { return table_open(registry::own_relation(name), mode); }

// The tenant's newest row of event_streams: the first one from the end of the index, however many dead ones
// there are that an old snapshot keeps.
bool find_stream(Relation streams, const char *tenant, Snapshot snapshot, ItemPointer place, int64 *last) {
	Relation index = index_open(pg::primary_key_index(streams), AccessShareLock);
	ScanKeyData key;
	ScanKeyInit(&key, kStreamTenant, BTEqualStrategyNumber, F_TEXTEQ, CStringGetTextDatum(tenant));
	SysScanDesc scan = systable_beginscan_ordered(streams, index, snapshot, 1, &key);
	HeapTuple found = systable_getnext_ordered(scan, BackwardScanDirection);
	if (HeapTupleIsValid(found)) {
		bool is_null;
		*place = found->t_self;
		*last = DatumGetInt64(heap_getattr(found, kStreamLast, RelationGetDescr(streams), &is_null));
	}
	systable_endscan_ordered(scan);
	index_close(index, AccessShareLock);
	return HeapTupleIsValid(found);
}

void begin_stream(const char *tenant) {
	pg::as_role(isolation::extension_owner(), 0, [&] {
		pg::begin_sql();
		pg::run_sql("INSERT INTO tenant.event_streams VALUES (%s, 0) ON CONFLICT DO NOTHING",
					quote_literal_cstr(tenant));
		pg::end_sql();
	});
	CommandCounterIncrement();
}

// Waits for those who number events of the tenant, whatever the transaction's isolation level.
void lock_stream(Relation streams, const char *tenant) {
	TupleTableSlot *slot = table_slot_create(streams, nullptr);
	for (;;) {
		ItemPointerData place;
		int64 last;
		Snapshot snapshot = RegisterSnapshot(GetLatestSnapshot());
		const bool is_there = find_stream(streams, tenant, snapshot, &place, &last);
		TM_FailureData failure;
		const bool is_mine =
			is_there &&
			table_tuple_lock(streams, &place, snapshot, slot, GetCurrentCommandId(true), LockTupleExclusive,
							 LockWaitBlock, TUPLE_LOCK_FLAG_FIND_LAST_VERSION, &failure) == TM_Ok;
		UnregisterSnapshot(snapshot);
		if (is_mine)
			break;
		if (!is_there)
			begin_stream(tenant);
		CHECK_FOR_INTERRUPTS();
	}
	ExecDropSingleTupleTableSlot(slot);
}

int compare_tenants(const void *a, const void *b) {
	return strcmp((*static_cast<Published *const *>(a))->tenant,
				  (*static_cast<Published *const *>(b))->tenant);
}

// All at once and in one order, so that no two transactions wait for each other.
void lock_streams(Relation streams) {
	if (all_locked)
		return;
	auto **waiting = static_cast<Published **>(
		palloc_extended(hash_get_num_entries(published) * sizeof(Published *), MCXT_ALLOC_HUGE));
	Size count = 0;
	HASH_SEQ_STATUS scan;
	hash_seq_init(&scan, published);
	while (auto *entry = static_cast<Published *>(hash_seq_search(&scan))) {
		if (!entry->is_locked)
			waiting[count++] = entry;
	}
	qsort(waiting, count, sizeof(Published *), compare_tenants);
	for (Size i = 0; i < count; i++) {
		lock_stream(streams, waiting[i]->tenant);
		waiting[i]->is_locked = true;
	}
	pfree(waiting);
	all_locked = true;
}

bool is_locked(const core::TenantId &tenant) {
	const Published *entry = published == nullptr ? nullptr : find_published(tenant, HASH_FIND, nullptr);
	return entry != nullptr && entry->is_locked && strcmp(entry->tenant, tenant.text) == 0;
}

int64 next_number(const core::TenantId &tenant) {
	// The lock on the table stays: create_consumer() waits for those who have it.
	Relation streams = open_own("event_streams", RowExclusiveLock);
	lock_streams(streams);
	if (!is_locked(tenant))
		lock_stream(streams, tenant.text);
	ItemPointerData place;
	int64 last;
	if (!find_stream(streams, tenant.text, SnapshotSelf, &place, &last))
		elog(ERROR, "stream of events vanished");
	Datum values[kStreamColumns] = {CStringGetTextDatum(tenant.text), Int64GetDatum(last + 1)};
	bool nulls[kStreamColumns] = {};
	CatalogTupleUpdate(streams, &place, heap_form_tuple(RelationGetDescr(streams), values, nulls));
	CommandCounterIncrement();
	table_close(streams, NoLock);
	return last + 1;
}

void write_number(Relation events, HeapTuple event, int64 number) {
	int column = kEventSequence;
	Datum value = Int64GetDatum(number);
	bool is_null = false;
	CatalogTupleUpdate(
		events, &event->t_self,
		heap_modify_tuple_by_cols(event, RelationGetDescr(events), 1, &column, &value, &is_null));
}

// A type, or the beginning of types and an asterisk.
bool is_wanted(ArrayType *types, const char *type) {
	Datum *patterns;
	int count;
	deconstruct_array(types, TEXTOID, -1, false, TYPALIGN_INT, &patterns, nullptr, &count);
	for (int i = 0; i < count; i++) {
		const char *pattern = TextDatumGetCString(patterns[i]);
		const Size length = strlen(pattern);
		if (strcmp(pattern, type) == 0 ||
			(length > 0 && pattern[length - 1] == '*' && strncmp(pattern, type, length - 1) == 0))
			return true;
	}
	return false;
}

// Consumers that are not committed yet get theirs too: create_consumer() relies on it.
void deliver(const core::TenantId &tenant, const char *type, int64 number, Datum event_id) {
	Relation consumers = open_own("event_consumers", AccessShareLock);
	Relation deliveries = open_own("event_deliveries", RowExclusiveLock);
	CatalogIndexState indexes = nullptr;
	SnapshotData dirty;
	InitDirtySnapshot(dirty);
	SysScanDesc scan = systable_beginscan(consumers, InvalidOid, false, &dirty, 0, nullptr);
	HeapTuple consumer;
	while (HeapTupleIsValid(consumer = systable_getnext(scan))) {
		TupleDesc descriptor = RelationGetDescr(consumers);
		bool is_null;
		const Datum types = heap_getattr(consumer, kConsumerTypes, descriptor, &is_null);
		if (!is_null && !is_wanted(DatumGetArrayTypeP(types), type))
			continue;
		Datum values[kDeliveryColumns] = {heap_getattr(consumer, kConsumerId, descriptor, &is_null),
										  Int32GetDatum(static_cast<int32>(tenant.hash)),
										  CStringGetTextDatum(tenant.text),
										  Int64GetDatum(number),
										  event_id,
										  Int32GetDatum(0)};
		bool nulls[kDeliveryColumns] = {};
		for (int i = kDeliveryGiven; i < kDeliveryColumns; i++)
			nulls[i] = true;
		if (indexes == nullptr)
			indexes = CatalogOpenIndexes(deliveries);
		CatalogTupleInsertWithInfo(deliveries, heap_form_tuple(RelationGetDescr(deliveries), values, nulls),
								   indexes);
	}
	systable_endscan(scan);
	if (indexes != nullptr)
		CatalogCloseIndexes(indexes);
	table_close(deliveries, NoLock);
	table_close(consumers, NoLock);
}

// For readers of the log who decode it.
void emit(Datum event_id) {
	CommandCounterIncrement();
	pg::as_role(isolation::extension_owner(), 0, [&] {
		pg::begin_sql();
		pg::run_sql("SELECT pg_catalog.pg_logical_emit_message(true, 'pg_tenant.event', "
					"tenant.cloudevent(e)::pg_catalog.text)"
					" FROM tenant.events e WHERE e.event_id OPERATOR(pg_catalog.=) '%s'",
					DatumGetCString(DirectFunctionCall1(uuid_out, event_id)));
		pg::end_sql();
	});
}

void transaction_ended(XactEvent event, void *) {
	if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT || event == XACT_EVENT_PREPARE) {
		published = nullptr;
		all_locked = true;
		is_preparing = false;
	}
}

// A savepoint that is rolled back lets go the locks that were taken since.
void subtransaction_ended(SubXactEvent event, SubTransactionId, SubTransactionId, void *) {
	if (event != SUBXACT_EVENT_ABORT_SUB || published == nullptr)
		return;
	HASH_SEQ_STATUS scan;
	hash_seq_init(&scan, published);
	while (auto *entry = static_cast<Published *>(hash_seq_search(&scan)))
		entry->is_locked = false;
	all_locked = false;
}

} // namespace

void note_published(const core::TenantId &tenant) {
	if (published == nullptr) {
		HASHCTL control = {};
		control.keysize = sizeof(uint32);
		control.entrysize = sizeof(Published);
		control.hcxt = TopTransactionContext;
		published = hash_create("pg_tenant published", 16, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	}
	bool is_found;
	Published *entry = find_published(tenant, HASH_ENTER, &is_found);
	if (is_found)
		return;
	entry->tenant = "";
	entry->is_locked = false;
	entry->tenant = MemoryContextStrdup(TopTransactionContext, tenant.text);
	all_locked = false;
}

void number_event(const TriggerData *trigger) {
	// It may have been deleted since.
	if (!table_tuple_satisfies_snapshot(trigger->tg_relation, trigger->tg_trigslot, SnapshotSelf))
		return;
	TupleDesc descriptor = RelationGetDescr(trigger->tg_relation);
	HeapTuple event = trigger->tg_trigtuple;
	bool is_null;
	const Datum event_id = heap_getattr(event, kEventId, descriptor, &is_null);
	core::TenantId tenant;
	context::read_tenant_id(TextDatumGetCString(heap_getattr(event, kEventTenant, descriptor, &is_null)),
							"tenant id", &tenant);
	const char *type = TextDatumGetCString(heap_getattr(event, kEventType, descriptor, &is_null));
	const int64 number = next_number(tenant);
	write_number(trigger->tg_relation, event, number);
	deliver(tenant, type, number, event_id);
	if (context::emit_events)
		emit(event_id);
	if (!is_preparing && claim_notice())
		Async_Notify(kChannel, "");
}

void note_prepare() { is_preparing = true; }

void watch_numbering() {
	RegisterXactCallback(transaction_ended, nullptr);
	RegisterSubXactCallback(subtransaction_ended, nullptr);
}

} // namespace pg_tenant::events
