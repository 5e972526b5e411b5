// Deferred triggers run when the transaction ends, for the tenant that is set then, and see rows that another
// tenant may have written. So whose rows wait for them is kept until they have run.
#pragma once

#include "context/frame.hpp"
#include "pg/prelude.hpp"

extern "C" {
#include "utils/rel.h"
}

namespace pg_tenant::context {

// Called when a statement of this frame has finished: notes its tenant if a table that it wrote has a
// deferrable trigger of a user's.
void note_deferred_triggers(const Frame &frame);

// The same for a table that a COPY has written.
void note_deferred_triggers(Relation table, const BoundTenant &tenant);

// Whether constraints may wait for the end of this transaction, deferred, that will look at protected tables
// that confined statements wrote.
extern bool keys_wait;

// Called when a statement of this frame has finished, and for a table that a COPY has written.
void note_deferred_keys(const Frame &frame);
void note_deferred_keys(Relation table);

// Raises TN011 if triggers may be waiting for rows of another tenant than the present one.
void require_own_deferred_triggers();

// After SET CONSTRAINTS ALL IMMEDIATE nothing waits any more.
void forget_deferred_triggers();

// Registers what keeps the notes in step with transactions and savepoints.
void watch_transactions();

} // namespace pg_tenant::context
