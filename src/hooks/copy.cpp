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
#include "utils/acl.h"
#include "utils/inval.h"
}

namespace pg_tenant::hooks {

void run_copy_from(const UtilityCall &call) {
	auto *copy = castNode(CopyStmt, call.statement->utilityStmt);
	const Oid table = isolation::copied_table(copy);
	AcceptInvalidationMessages();
	registry::require_for_use(context::live_tenant(), registry::use_of_written(table));
	context::Frame *frame = context::open_frame(nullptr, context::live_tenant());
	context::with_frame(frame, [&] {
		// The server runs it for those whom policies do not bind, and all who hook commands see it.
		if (has_bypassrls_privilege(GetUserId())) {
			call.run();
			return;
		}
		const uint64 rows = isolation::copy_from(copy, call.text);
		if (call.completion != nullptr)
			SetQueryCompletion(call.completion, CMDTAG_COPY, rows);
	});
	Relation written = table_open(table, NoLock);
	context::note_deferred_triggers(written, frame->tenant);
	table_close(written, NoLock);
}

} // namespace pg_tenant::hooks
