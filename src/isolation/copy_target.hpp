// What a COPY FROM that we run ourselves asks and opens before it reads a row, as the server's own does.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "commands/copy.h"
#include "nodes/parsenodes.h"
#include "parser/parse_node.h"
#include "utils/rel.h"
}

namespace pg_tenant::isolation {

struct CopyTarget {
	ParseState *state; // its range table holds the table, with the privileges that were asked
	Relation table;
	List *condition; // of WHERE, ANDed
};

// Checks privileges and WHERE. The table must be locked. May raise.
CopyTarget open_target(const CopyStmt *copy, Oid table, const char *text);
void close_target(const CopyTarget &target);

// Begins to read; for STDIN this asks the client for its data.
CopyFromState open_source(const CopyStmt *copy, const CopyTarget &target, List *condition);

} // namespace pg_tenant::isolation
