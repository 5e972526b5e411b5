// Materialized views and foreign tables, which no policy covers: a security label on the tenant column says
// that they are protected, and the planner hook filters them for everybody. All may raise.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "access/attnum.h"
#include "catalog/objectaddress.h"
#include "nodes/primnodes.h"
#include "utils/rel.h"
}

namespace pg_tenant::isolation {

// Raises 55000 without preloading: sessions without this library would see every tenant's rows.
void put_label(Oid relation, AttrNumber column);
void drop_label(Oid relation, AttrNumber column);

// Before SECURITY LABEL FOR pg_tenant: raises unless it is what protect() would do, or takes our label away
// for a role that may.
void require_proper_label(const ObjectAddress &object, const char *label, bool may_drop);

// `column = tenant` for a relation of such a kind, at this place of the range table. For a foreign table the
// tenant is a sub-select, whose value its server can be sent; *has_sub_select says so.
Node *labelled_filter(Relation relation, int index, bool *has_sub_select);

// A condition that raises 42501 for a row of another tenant. For COPY FROM and for writes that reach foreign
// tables, where the server checks no policy.
Node *own_row_check(Relation relation, int index);

// The function of schema tenant that it calls for a tenant column of this type.
const char *own_row_function(Oid type);

// Whether writing this relation may write a foreign table: it is one, or has one below it.
bool writes_foreign_table(Relation relation);

} // namespace pg_tenant::isolation
