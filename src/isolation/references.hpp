// Foreign keys that do not pair the tenant columns: whether a row references another tenant's, or is
// referenced by one. Looked up as ri_triggers.c does: by the owner of the table that is read, past its
// policies, with a fresh snapshot. Everything here may raise.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "commands/trigger.h"
}

namespace pg_tenant::isolation {

// What the triggers of such a key do, when a row of the referencing table has been written (raises TN006 if
// it references another tenant's row) and one of the referenced table (if it is left referenced by one).
void check_reference(const TriggerData *trigger);
void check_referenced(const TriggerData *trigger);

// Raises TN006 if rows of this table reference other tenants' through the foreign key. The table is locked.
void require_own_references(Oid table, Oid key);

} // namespace pg_tenant::isolation
