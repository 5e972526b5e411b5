// Soft-deleted rows at planning: hidden from every query of every role, and DELETE marks rows in place of
// removing them. It is no barrier, for who may see a tenant's rows may see its deleted ones. All may raise.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "executor/execdesc.h"
#include "nodes/parsenodes.h"
#include "nodes/plannodes.h"
}

namespace pg_tenant::isolation {

// Which rows a plan shows.
enum class Sight { kLive, kAll, kDead };

// What the session asks for. Under row_security = off all are seen, as a dump needs them.
Sight wanted_sight();

// Makes a query of its own that deletes rows softly one that marks them, and MERGE's actions alike. Returns
// whether its target's live rows are all that it may touch. An UPDATE that marks rows locks them first, if
// they are referenced.
bool mark_for_delete(Query *query);

// Hides rows of a relation that a query names.
void hide_deleted(Query *query, RangeTblEntry *entry, int index, Sight sight);

// A row that a foreign key is about to reference must be a live one, or one that only deleted rows reference.
void hide_from_key_check(Query *query);

// An UPDATE by which the rows that reference one are marked as deleted with it, or restored, as far as all
// that they reference is live.
void follow_cascade(Query *query);

// Whether the query names, anywhere, a relation with soft-deleted rows.
bool may_meet_deleted(Query *query);
bool meets_deleted(const PlannedStmt *plan);

// Whether the deleted rows of each such relation of the plan were hidden: false where an inlined function
// brought one.
bool hides_deleted(const PlannedStmt *plan);

// From a query that was started: the triggers that refuse what no hook has seen cost each row a lock.
void drop_deletion_triggers(const QueryDesc *query);

} // namespace pg_tenant::isolation
