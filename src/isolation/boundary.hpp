// Commands that would reach other tenants' rows, or open a protected table. All may raise.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "nodes/parsenodes.h"
#include "nodes/pg_list.h"
}

namespace pg_tenant::isolation {

// Raises TN006 (TN001 without a tenant) if TRUNCATE would empty a protected table, directly, by its
// partitions, or by CASCADE.
void require_truncatable(const TruncateStmt *statement);

// Raises TN006 if it tells a foreign data wrapper to read the tenant column of a protected foreign table from
// another column of its server.
void require_same_remote_column(const AlterTableStmt *statement);

// Raises TN006 if a constraint of the domain would see what protected tables hold that the present role does
// not own: its expression is the domain owner's, and the server asks it of all rows.
void require_own_domain(const AlterDomainStmt *statement);

// The protected tables that COPY names or TRUNCATE empties: neither passes the executor where it is not
// confined.
List *protected_targets(const Node *utility);

// The protected relations that a command may open, and how they are: the table that it alters with all below
// it, or whose policy it changes or drops.
List *relations_at_stake(const Node *utility);

// After the command: raises TN006 if one of them is open now, or has come not to fill in and require its
// tenant.
void require_still_protected(const List *relations);

// A policy that is being dropped, of whatever table, for whatever reason; and the tables that lost ours so
// since the last call, unless they were closed.
void note_dropped_policy(Oid policy);
List *take_tables_that_lost_policies();

// The names of tables that have lost their protection since the last call, with all that is in them or by
// their policy, but not by unprotect().
List *take_lost_protection();

// While it is set, protect() and unprotect() are at work, whose business that is.
extern bool protection_may_change;

// Before the command drops the extension: puts a policy on every protected table that shows nothing to
// anybody. Raises TN006 if it would drop it by another way than DROP EXTENSION.
void close_tables_before(const Node *utility);

} // namespace pg_tenant::isolation
