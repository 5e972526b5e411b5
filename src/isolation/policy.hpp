// The policies of one relation: the text of ours, what others it has. All may raise.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "nodes/pg_list.h"
}

namespace pg_tenant::isolation {

// The typed function for a tenant column, qualified and with parentheses; NULL if the type cannot hold a
// tenant.
const char *typed_function(Oid type);

// Whether it has a permissive policy besides ours: one that `true` would cancel.
bool has_own_permissive_policy(Oid relation);

// Whether it has our permissive policy, which lets every role with the grants see its tenant's rows.
bool is_open_relation(Oid relation);

// Makes one relation (no partition or child of it) protected by this column. With `open`, a role that has the
// grants sees its tenant's rows without a policy of its own. Idempotent.
void put_policies(Oid relation, const char *column, Oid type, bool open);

// The reverse: what is left is what the relation had besides. Returns false if other policies remain.
bool drop_policies(Oid relation, const char *column);

} // namespace pg_tenant::isolation
