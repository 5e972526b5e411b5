// COPY FROM into a protected table: in a frame of its own, as a statement has it, so that defaults, triggers
// and the condition that guards the rows use one tenant.
#include "hooks/hooks.hpp"

#include "context/deferred.hpp"
#include "context/frame.hpp"
#include "context/settings.hpp"
#include "isolation/copy.hpp"
#include "registry/require.hpp"

extern "C" {
#include "access/table.h"
#include "tcop/cmdtag.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
}

namespace pg_tenant::hooks {
namespace {

void run_its_way(const UtilityCall &call, Oid table, isolation::CopyWay way) {
	auto *copy = castNode(CopyStmt, call.statement->utilityStmt);
	if (way == isolation::CopyWay::kServer) {
		UtilityCall guarded = call;
		guarded.statement = isolation::guarded_copy(call.statement, table);
		guarded.run();
		return;
	}
	const uint64 rows = way == isolation::CopyWay::kInsert ? isolation::copy_by_insert(copy, table, call.text)
														   : isolation::copy_guarded(copy, table, call.text);
	if (call.completion != nullptr)
		SetQueryCompletion(call.completion, CMDTAG_COPY, rows);
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

void run_copy_from(const UtilityCall &call, Oid table) {
	AcceptInvalidationMessages();
	registry::require_for_use(context::live_tenant(), registry::use_of_written(table));
	context::Frame *frame = context::open_frame(nullptr, context::live_tenant());
	const isolation::CopyWay way = isolation::way_of_copy(table);
	context::with_frame(frame, [&] { run_its_way(call, table, way); });
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
