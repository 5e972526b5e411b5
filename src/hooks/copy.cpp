// COPY FROM into a protected table: in a frame of its own, as a statement has it, so that defaults, triggers
// and the condition that guards the rows use one tenant.
#include "hooks/hooks.hpp"

#include "context/deferred.hpp"
#include "context/frame.hpp"
#include "context/settings.hpp"
#include "isolation/copy.hpp"
#include "pg/scoped.hpp"
#include "quotas/statement.hpp"
#include "registry/require.hpp"

extern "C" {
#include "access/table.h"
#include "tcop/cmdtag.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
}

namespace pg_tenant::hooks {
namespace {

// What tenant.run_copy() is to do; NULL when it has been done.
struct CalledCopy {
	const CopyStmt *copy;
	Oid table;
	isolation::CopyWay way;
	const char *text;
	QueryCompletion *completion;
};
const CalledCopy *called_copy = nullptr;

void run_its_way(const UtilityCall &call, Oid table, isolation::CopyWay way) {
	auto *copy = castNode(CopyStmt, call.statement->utilityStmt);
	if (way == isolation::CopyWay::kServer) {
		UtilityCall guarded = call;
		guarded.statement = isolation::guarded_copy(call.statement, table);
		guarded.run();
		return;
	}
	// The hooks before ours have to see a command: they may count on having seen one when the table's
	// privileges are checked. The server would refuse this one.
	const CalledCopy mine = {copy, table, way, call.text, call.completion};
	UtilityCall carrier = call;
	carrier.statement = isolation::call_of_copy(call.statement);
	pg::with_value(&called_copy, &mine, [&] { carrier.run(); });
}

// A partition may have got a trigger, or have been attached with one, before a row was routed to it.
void require_still_exact(Oid table) {
	AcceptInvalidationMessages();
	if (isolation::way_of_copy(table) == isolation::CopyWay::kInsert)
		ereport(ERROR, (errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
						errmsg("\"%s\" got a BEFORE ROW trigger while COPY wrote it", get_rel_name(table)),
						errhint("Repeat the command.")));
}

} // namespace

void run_called_copy() {
	const CalledCopy *mine = called_copy;
	called_copy = nullptr;
	if (mine == nullptr)
		ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
						errmsg("tenant.run_copy() is called by COPY FROM alone")));
	const uint64 rows = mine->way == isolation::CopyWay::kInsert
							? isolation::copy_by_insert(mine->copy, mine->table, mine->text)
							: isolation::copy_guarded(mine->copy, mine->table, mine->text);
	if (mine->completion != nullptr)
		SetQueryCompletion(mine->completion, CMDTAG_COPY, rows);
}

void run_copy_from(const UtilityCall &call, Oid table) {
	AcceptInvalidationMessages();
	registry::require_for_use(context::live_tenant(), registry::use_of_written(table));
	context::Frame *frame = context::open_frame(nullptr, context::live_tenant());
	const isolation::CopyWay way = isolation::way_of_copy(table);
	const core::TenantId *tenant = &frame->tenant.id;
	quotas::write_for(tenant, [&] { context::with_frame(frame, [&] { run_its_way(call, table, way); }); });
	quotas::require_room(tenant);
	if (way != isolation::CopyWay::kInsert)
		require_still_exact(table);
	ListCell *cell;
	foreach (cell, isolation::relations_written(table)) {
		Relation written = table_open(lfirst_oid(cell), NoLock);
		context::note_deferred_triggers(written, frame->tenant);
		context::note_deferred_keys(written);
		table_close(written, NoLock);
	}
}

} // namespace pg_tenant::hooks
