// COPY of protected tables. COPY TO becomes a query. COPY FROM passes no policy in PostgreSQL; here it goes
// one of the ways below. All may raise.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "nodes/parsenodes.h"
#include "nodes/plannodes.h"
}

namespace pg_tenant::isolation {

// The COPY of a query to run in place of this COPY TO, or NULL where it copies nothing protected, or nothing
// for a session that is not confined, and no deleted rows. PostgreSQL asks no policies for roles that bypass
// them, and copies nothing of a partitioned table for others.
PlannedStmt *copy_to_as_query(const PlannedStmt *statement, bool is_confined);

// The protected table that a COPY FROM names, locked as COPY locks it; InvalidOid for any other.
Oid protected_target(const CopyStmt *copy);

// The table and its partitions.
List *relations_written(Oid table);

enum class CopyWay {
	// The server's own COPY FROM, with a guard on each row as it is read: what is written is what was read,
	// and the guard says of it what the policies would. For roles that bypass policies the server runs it,
	// and all who hook commands see it.
	kServer,
	// The same run by us: the server refuses roles that policies bind, or would ask this role for SELECT on
	// the tenant column.
	kGuarded,
	// One INSERT of the rows that the server's parser reads: where a BEFORE ROW trigger may change a row
	// after the guard has seen it, and where a role has policies of its own to pass.
	kInsert
};

// How the present role's COPY FROM into this protected table has to be run to be exact.
CopyWay way_of_copy(Oid table);

// kServer: the command with the guard as a condition.
PlannedStmt *guarded_copy(const PlannedStmt *statement, Oid table);

// kGuarded and kInsert: a CALL of tenant.run_copy() in the command's place.
PlannedStmt *call_of_copy(const PlannedStmt *statement);

// kGuarded and kInsert: run it, with the privileges that COPY FROM asks for, and return the rows written.
uint64 copy_guarded(const CopyStmt *copy, Oid table, const char *text);
uint64 copy_by_insert(const CopyStmt *copy, Oid table, const char *text);

} // namespace pg_tenant::isolation
