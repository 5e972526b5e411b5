// Rows that go for good, in batches with commits between, by the rights of their table's owner, as a cascade
// removes them: policies, soft deletion and privileges have been seen to by who says which rows. All may
// raise; between pg::begin_committing_sql() and pg::end_sql(). What was committed then stays so.
#pragma once

#include "deletion/progress.hpp"

extern "C" {
#include "datatype/timestamp.h"
}

namespace pg_tenant::deletion {

// A table without parts of its own, some of whose rows go.
struct Target {
	Oid table; // what it is a part of, at the top; itself if it is no part
	Oid relation;
	int64 place; // those of the same place reference each other, if they are cyclic
	bool is_cyclic;
	const char *condition;    // of the rows x that go, as SQL; $1 is the moment
	const char *unreferenced; // the condition that nothing references x, or NULL if nothing can
};

struct Targets {
	Target *items;
	int count;
};

struct Removal {
	Progress progress;
	TimestampTz moment;
	int batch;
	bool is_by_caller; // rather than by the table's owner
	bool leaves_used;  // rows that other transactions use, rather than waiting for these
	// Called in each transaction before it touches the table, which is locked; false if it is not to.
	bool (*admit)(const Target &target);
	// Called with what a transaction removed, before it commits; or NULL.
	void (*note)(const Target &target, int64 removed);
};

// The columns tbl, top, place, is_cyclic and unreferenced of a query, read by the extension's owner.
Targets read_targets(const char *query);

struct Removed {
	int64 found;
	int64 deleted;
};

// Removes rows that meet the target's condition, and nothing references if that is asked for: "free" says
// whether only such are looked for, or whether others are met and left.
enum class References { kIgnored, kChecked, kSought };
Removed remove_rows(Removal *removal, const Target &target, References references);

// Removes all rows of the targets at once that meet their conditions, which may reference each other.
void remove_together(Removal *removal, const Target *targets, int count);

int64 count_rows(Removal *removal, const Target &target);

} // namespace pg_tenant::deletion
