// The rows that COPY FROM reads, as a plan node: one at a time, when the plan above asks for it.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "commands/copy.h"
#include "executor/execdesc.h"
#include "nodes/plannodes.h"
#include "utils/rel.h"
}

namespace pg_tenant::isolation {

// Takes the place of a scan that was planned for rows of this table's type, at this place of the range table.
Plan *scan_of_copied_rows(const Plan *planned, Relation table, int index);

// The state of that node below the INSERT of a query that was started.
struct RowScan;
RowScan *find_row_scan(const QueryDesc *insert);

// Gives the node its source, and the condition that leaves rows out.
void read_from(RowScan *scan, CopyFromState source, List *condition);

// An error context: the line that is being read or written, in the words of COPY.
void add_line_to_error(void *scan);

} // namespace pg_tenant::isolation
