// The trail, tenant.audit_log: who did what, written in the transaction that did it. With pg_tenant.audit_log
// = json also a line in the server's log, where what cannot be committed goes too.
#pragma once

#include "pg/json.hpp"
#include "pg/prelude.hpp"

extern "C" {
#include "utils/uuid.h"
}

namespace pg_tenant::events {

// Who asks, and for which request; NULL for none.
struct Origin {
	const char *session_role;
	const char *acting_role;
	const char *request;
	const char *trace;
	const char *span;
};

// The session as it is now.
Origin present_origin();

struct Action {
	const char *tenant; // NULL where it concerns no one tenant
	const char *name;
	const char *reason; // NULL where none was given
	const char *detail; // JSON
	const pg_uuid_t *event;
};

// Writes a row, as the extension's owner; raises where that fails. On a standby there is only the line.
void record(const Action &action, const Origin &origin);

// The same of a table, whose name goes into the detail before these.
void record_of_table(const char *action, const char *table, const pg::Member *more, int count,
					 const Origin &origin);
template <int count>
void record_of_table(const char *action, const char *table, const pg::Member (&more)[count]) {
	record_of_table(action, table, more, count, present_origin());
}
inline void record_of_table(const char *action, const char *table) {
	record_of_table(action, table, nullptr, 0, present_origin());
}

// A line for a statement that sees all tenants, on this relation; for who has looked at the setting.
void log_all_tenants(const char *relation);

// A line for a refusal that is being reported; asks no catalog.
void log_refusal(const ErrorData *error);

} // namespace pg_tenant::events
