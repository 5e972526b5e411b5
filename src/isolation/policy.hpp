// The policies of one relation, as SQL. All may raise; between pg::begin_sql() and pg::end_sql().
#pragma once

#include "pg/prelude.hpp"

namespace pg_tenant::isolation {

// The typed function for a tenant column, qualified and with parentheses; NULL if the type cannot hold a
// tenant.
const char *typed_function(Oid type);

// Makes one relation (no partition or child of it) protected by this column: by policies, or by a label where
// no policy can be. With `open`, a role that has the grants sees its tenant's rows without a policy of its
// own. Idempotent.
void put_policies(Oid relation, const char *column, Oid type, bool open);

// The reverse: what is left is what the relation had besides. Returns false if other policies remain.
bool drop_policies(Oid relation, const char *column);

} // namespace pg_tenant::isolation
