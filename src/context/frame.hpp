// One tenant per statement: what a statement found when it started holds until it ends, whatever
// set_config() does meanwhile. Each executor run has a frame of its own, nested ones too.
#pragma once

#include "core/tenant_id.hpp"
#include "pg/prelude.hpp"
#include "pg/scoped.hpp"

extern "C" {
#include "executor/execdesc.h"
#include "datatype/timestamp.h"
#include "lib/ilist.h"
}

namespace pg_tenant::context {

// A tenant that something belongs to; or none; or all, under row_security = off.
struct BoundTenant {
	bool is_set;
	bool is_all;
	core::TenantId id;
};

// When a statement ran: portals are left and come back to, in another message or in another utility command.
struct Moment {
	TimestampTz message;
	uint64 utility;
};

// Lives as long as the statement's executor state, as index scan keys keep pointers into it: in the memory
// context around that, from where the end of the state takes it away.
struct Frame {
	dlist_node node;
	QueryDesc *query;
	MemoryContextCallback callback;
	// A referential-integrity query: it sees all rows, but what it calls does not.
	bool is_integrity_query;
	bool has_run;
	Moment last_run;
	BoundTenant tenant;
	text *tenant_text; // the id as the server's text
};

// The frame of the statement that runs now; NULL outside one, and inside a statement that touches no
// protected table.
extern Frame *current_frame;

// The library was loaded in the middle of a statement, whose start no hook of ours saw: not preloaded, it is
// loaded when a policy or a default first calls it. Until the next statement starts, the typed functions see
// to what ExecutorStart does.
extern bool statement_unchecked;

// The portal that was running when the library was loaded: hooks have seen nothing of its plans.
void note_unseen_portal();
bool is_portal_unseen();

// For a command that has no plan of its own.
void forget_unseen_portal();

// An error leaves this frame (context/failure.hpp).
void note_failed_frame(const Frame *frame);

// Runs a call with another frame as the current one; the former comes back, on errors too.
template <typename Call, typename Handler> void with_frame(Frame *frame, Call call, Handler handle) {
	pg::with_value(&current_frame, frame, call, [&] {
		note_failed_frame(frame);
		handle();
	});
}
template <typename Call> void with_frame(Frame *frame, Call call) {
	with_frame(frame, call, [] {});
}

// Grants the next query that is started all tenants' rows, and nothing that it calls. For protect(), which
// must read the rows that it adopts.
extern bool all_tenants_granted;
template <typename Call> void with_all_tenants(Call call) {
	pg::with_value(&all_tenants_granted, true, call);
}

// The tenant that a policy or default must use: the statement's, else the sealed one, else the
// session's. NULL when none.
const core::TenantId *statement_tenant();

// A new frame for this query, in the memory context that its executor state will be made in; tenant may be
// NULL.
Frame *open_frame(QueryDesc *query, const core::TenantId *tenant);

// Ties the frame to the query's executor state: from now on it is found by find_frame, and goes with it.
void attach_frame(Frame *frame);

// The frame of a query that was started earlier, or NULL.
Frame *find_frame(const QueryDesc *query);

// Whether this session sees all tenants' rows: as hooks::follow_confinement() found it last.
extern bool sees_all_tenants;

void bind_tenant(BoundTenant *bound, const core::TenantId *tenant);
bool is_same_tenant(const BoundTenant &bound, const core::TenantId *tenant);

// Binds what the session is now: a tenant, none or all.
void bind_live_tenant(BoundTenant *bound);

// Whether the tenant that is set now is this one; all are, where the session sees all.
bool is_live_tenant(const BoundTenant &bound);

// Counts the utility commands that clients sent.
extern uint64 utility_count;

// Notes that the frame runs now; returns whether it ran before, and was left and is come back to.
bool resume_frame(Frame *frame);

} // namespace pg_tenant::context
