#include "context/deferred.hpp"

#include "pg/error.hpp"

extern "C" {
#include "access/xact.h"
#include "commands/trigger.h"
#include "nodes/execnodes.h"
#include "utils/memutils.h"
}

namespace pg_tenant::context {

bool keys_wait = false;

namespace {

// In the transaction's memory.
struct Writer {
	Writer *next;
	int nest_level; // of the subtransaction that wrote
	BoundTenant tenant;
};

Writer *writers = nullptr;

// A key's triggers are internal.
enum class Of { kUser, kKey };

bool has_deferrable_trigger(const TriggerDesc *triggers, Of of) {
	for (int i = 0; triggers != nullptr && i < triggers->numtriggers; i++) {
		const Trigger &trigger = triggers->triggers[i];
		if (trigger.tgdeferrable && trigger.tgisinternal == (of == Of::kKey))
			return true;
	}
	return false;
}

bool has_deferrable_trigger(List *relations, Of of) {
	ListCell *cell;
	foreach (cell, relations) {
		if (has_deferrable_trigger(static_cast<ResultRelInfo *>(lfirst(cell))->ri_TrigDesc, of))
			return true;
	}
	return false;
}

bool writes_deferrable_trigger(const Frame &frame, Of of) {
	const EState *state = frame.query->estate;
	return has_deferrable_trigger(state->es_opened_result_relations, of) ||
		   has_deferrable_trigger(state->es_tuple_routing_result_relations, of);
}

void note_writer(const BoundTenant &tenant) {
	// One note is enough for a tenant that goes on writing at the same level.
	if (writers != nullptr && writers->nest_level == GetCurrentTransactionNestLevel() &&
		is_same_tenant(writers->tenant, tenant.is_set ? &tenant.id : nullptr))
		return;
	auto *writer = static_cast<Writer *>(MemoryContextAlloc(TopTransactionContext, sizeof(Writer)));
	writer->next = writers;
	writer->nest_level = GetCurrentTransactionNestLevel();
	writer->tenant = tenant;
	writers = writer;
}

void subtransaction_ended(SubXactEvent event, SubTransactionId, SubTransactionId, void *) {
	const int level = GetCurrentTransactionNestLevel();
	if (event == SUBXACT_EVENT_ABORT_SUB) {
		while (writers != nullptr && writers->nest_level >= level)
			writers = writers->next;
	} else if (event == SUBXACT_EVENT_COMMIT_SUB) {
		for (Writer *writer = writers; writer != nullptr && writer->nest_level >= level;
			 writer = writer->next)
			writer->nest_level = level - 1;
	}
}

void transaction_ended(XactEvent event, void *) {
	if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT || event == XACT_EVENT_PREPARE) {
		writers = nullptr;
		keys_wait = false;
	}
}

} // namespace

void note_deferred_triggers(const Frame &frame) {
	if (writes_deferrable_trigger(frame, Of::kUser))
		note_writer(frame.tenant);
}

void note_deferred_triggers(Relation table, const BoundTenant &tenant) {
	if (has_deferrable_trigger(table->trigdesc, Of::kUser))
		note_writer(tenant);
}

void note_deferred_keys(const Frame &frame) {
	keys_wait = keys_wait || writes_deferrable_trigger(frame, Of::kKey);
}

void note_deferred_keys(Relation table) {
	keys_wait = keys_wait || has_deferrable_trigger(table->trigdesc, Of::kKey);
}

void require_own_deferred_triggers() {
	for (const Writer *writer = writers; writer != nullptr; writer = writer->next) {
		if (!is_live_tenant(writer->tenant))
			ereport(ERROR, (errcode(ERRCODE_TENANT_CHANGED),
							errmsg("deferred triggers are waiting for rows of another tenant"),
							errdetail("They would run for the tenant that is set now."),
							errhint("Before the tenant changes: SET CONSTRAINTS ALL IMMEDIATE;")));
	}
}

void forget_deferred_triggers() { writers = nullptr; }

void watch_transactions() {
	RegisterXactCallback(transaction_ended, nullptr);
	RegisterSubXactCallback(subtransaction_ended, nullptr);
}

} // namespace pg_tenant::context
