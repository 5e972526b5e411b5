// The proof that lets a filter move. A condition that the planner may evaluate where a protected relation is
// scanned, or whose operator it asks about statistics, could see rows that the tenant's filter has not
// passed. If each function that can meet a value of the relation that way is trusted, no order of evaluation
// tells anything.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "nodes/bitmapset.h"
#include "nodes/params.h"
#include "nodes/parsenodes.h"
}

namespace pg_tenant::planning {

// One use of a protected relation in a query.
struct ConfinedRelation {
	Query *query;
	RangeTblEntry *entry;
	int index;
	const char *culprit;          // the first thing that is not trusted, or NULL
	Bitmapset *untrusted_columns; // what it and its like touch, as attribute number less
								  // FirstLowInvalidHeapAttributeNumber
};

struct Proof {
	// The plan will be used again, for other parameters: it is estimated as if the tenant were one of them.
	bool is_for_any_tenant;
	List *relations; // ConfinedRelation
	List *patterns;  // parameters that are trusted to be valid patterns: see patterns.hpp
};

// Of the statement that is planned now, or NULL.
extern const Proof *present_proof;

// Looks at every level of a query that confine_query() has confined. Drops policies that are always true.
// May raise.
Proof prove(Query *query, ParamListInfo parameters);

// Whether the query has parameters.
bool has_parameters(Query *query);

// Whether everything that the expression itself calls is trusted.
bool is_trusted_expression(Node *expression, ParamListInfo parameters, List **patterns);

} // namespace pg_tenant::planning
