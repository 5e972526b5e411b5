// Tables whose rows are marked as deleted rather than removed. What says so is a BEFORE DELETE trigger whose
// condition names the columns: it is dumped with the table, and refuses where no hook turns DELETE into the
// marking UPDATE. Runs with the caller's rights, under ACCESS EXCLUSIVE locks on the whole tree; raises and
// leaves nothing changed.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "nodes/parsenodes.h"
}

namespace pg_tenant::deletion {

struct Options {
	const char *deleted_at;
	const char *deleted_by; // NULL: who deleted a row is not written down
	bool with_live_keys;    // unique keys become unique among live rows
};

void enable(Oid table, const Options &options);
void disable(Oid table);

// Makes deleted rows live again that meet the condition, which means what it means along the caller's search
// path.
uint64 restore_rows(Oid table, const char *condition);

// Raises 42501 unless a trigger that says how rows are deleted is made by the table's owner.
void require_own_trigger(const CreateTrigStmt *statement);

// A partition that was just detached goes on soft-deleting: the server drops the triggers that it made.
void keep_detached(Oid part, Oid former_parent);

// Refuses a part whose rows are deleted otherwise than its parent's: they would be seen, or removed, through
// the parent. Enables it for a table that the command that just ran made a child of one that has it.
// Partitions get triggers from the server.
void enable_new_part(Oid relation);

// The server is about to give a partition its table's triggers, which have the names of its own.
void make_way_for_parent(Oid part, Oid parent);

// Refuses what the command that just ran made of the column that says which rows are deleted: with a default,
// or NOT NULL, they would be from the beginning.
void require_born_live(Oid relation);

// The command that just ran may have given the relation foreign keys: the tables at both ends, where their
// rows are soft-deleted, follow them from now on.
void follow_keys_of(Oid relation);

} // namespace pg_tenant::deletion
