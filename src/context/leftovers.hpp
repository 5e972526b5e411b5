// What a tenant leaves in the session: temporary tables and cursors WITH HOLD. With pg_tenant.clean_on_switch
// it does not outlive a change of tenant.
#pragma once

#include "pg/prelude.hpp"

namespace pg_tenant::context {

// Whether the session's former tenant may have left something that the present one must not find.
bool has_leftovers();

// Called when a relation is made: a temporary one that is made for another tenant than the session's last, in
// the middle of a command, is that other tenant's.
void note_temporary(Oid relation);

// Whether it is a temporary relation of another tenant than the present one.
bool is_foreign_temporary(Oid relation);

// Called before a top-level statement runs: closes and drops what the former tenant left.
void clean_leftovers();

// Registers what brings the former tenant back when the cleaning is rolled back.
void watch_leftovers();

} // namespace pg_tenant::context
