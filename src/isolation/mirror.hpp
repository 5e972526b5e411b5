// Two tables that come to have the rows of a partition, while it is in use: one those of a tenant, one all
// others. Read and written past policies, as their owner. Everything here may raise.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "commands/trigger.h"
}

namespace pg_tenant::isolation {

struct Mirror {
	Oid source;
	const char *column;
	const char *tenant;  // as text
	const char *literal; // as SQL
	Oid own;
	Oid rest;
};

// Raises unless each row of the table can be told from the others.
void require_mirrorable(Oid table);

// From now on, what is written to the source is repeated. Waits for its writers.
void start_mirroring(const Mirror &mirror);

// The opposite, for a mirror that was left by a call that failed: its tables go too.
void drop_mirror(Oid source, bool with_tables);

// Copies what the source has in these blocks and the two have not. Nothing is written to it until the
// transaction ends.
void copy_blocks(const Mirror &mirror, unsigned first, unsigned end);

// What the trigger does with a row that was written.
void repeat_row(const TriggerData *trigger);

} // namespace pg_tenant::isolation
