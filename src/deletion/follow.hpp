// Foreign keys of tables whose rows are soft-deleted. What ON DELETE says is done to the live rows that
// reference a row when it is marked as deleted, as ri_triggers.c does it when one is removed; what CASCADE
// marked comes back with it. By a row trigger, as the owner of the other table. Everything here may raise.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "commands/trigger.h"
#include "storage/itemptr.h"
}

namespace pg_tenant::deletion {

// What the trigger does when a row was marked as deleted, or restored.
void follow_deletion(const TriggerData *trigger);

// Whether every row of the other tables that this row references is live; those are locked then.
bool has_live_parents(Oid table, ItemPointer row);

// While it is set, keys are checked for a restore: tables may come to soft-delete only after they got them,
// and live rows may have referenced deleted ones before.
extern bool any_row_may_be_referenced;

// Whether no live row references this one.
bool is_without_live_children(Oid table, ItemPointer row);

// Warns of live rows that reference deleted ones of the table.
void report_orphans(Oid table);

} // namespace pg_tenant::deletion
