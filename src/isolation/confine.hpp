// Confinement where policies do not reach: roles that bypass them, and views and definer functions of such
// roles; for everybody materialized views and foreign tables. At every level of a query each protected
// relation gets the qual and the WITH CHECK options that the rewriter gives to an ordinary role, unless it
// gave them already. All may raise.
#pragma once

#include "isolation/deleted.hpp"
#include "pg/prelude.hpp"

extern "C" {
#include "nodes/parsenodes.h"
#include "nodes/plannodes.h"
}

namespace pg_tenant::isolation {

// Changes the query, which must be the caller's own, and marks the relations that it confined, and those
// whose deleted rows it hid. The marks go with the range table into the plan. Returns whether a function is
// called in FROM, whose body the planner may inline.
bool confine_query(Query *query, Sight sight);

// The same for a query that sees all tenants.
bool hide_deleted_rows(Query *query, Sight sight);

// Whether this relation was confined here.
bool is_confined(const RangeTblEntry *entry);

// What there is to tell of a confined relation's filter: a letter, and text or NULL. It goes with the mark,
// and is read as one string: empty where nothing is told.
void note_filter(RangeTblEntry *entry, char how, const char *why);
const char *filter_note(const RangeTblEntry *entry);

// The statement of a cascade runs without policies, and a key of a table that all tenants see reaches every
// tenant's rows: TN006 for any but the tenant's own. Nor may a BEFORE trigger give a row to another tenant.
void confine_cascade(Query *query);

// Whether every protected relation of the plan is marked, or was filtered by the rewriter; marks the latter.
// False when the planner put the body of an SQL function in its place, which was rewritten for a bypass role.
// Raises TN006 if the plan reads a protected relation as a part of one that is not.
bool confirm_plan(PlannedStmt *plan);

// Whether the plan holds a relation that was confined.
bool holds_confined(const PlannedStmt *plan);

// Whether a rewritten query names a protected relation, or calls a function in FROM whose body may do so in
// its place.
bool may_touch_protected(Query *query);

enum class PlanKind { kConfined, kUnconfined };

// What a plan that uses protected relations was made for.
PlanKind kind_of_plan(const PlannedStmt *plan);

} // namespace pg_tenant::isolation
