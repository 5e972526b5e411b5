// The rows of a result that goes to the client: no more than the tenant's configuration allows.
#pragma once

#include "limits/statement.hpp"
#include "pg/scoped.hpp"

extern "C" {
#include "executor/execdesc.h"
#include "tcop/dest.h"
}

namespace pg_tenant::limits {

// Passes rows on, and raises TN009 at the one that is too many.
struct CountingReceiver {
	DestReceiver receiver; // first: the server has a pointer to it
	DestReceiver *next;
	int64 left;
};
void make_counting(CountingReceiver *counting, DestReceiver *next, int64 most);

// Whether the query's rows are a result, not what a function or a command does with them. Some are stored
// first, of a client's statement itself.
bool is_result(const QueryDesc *query, bool is_clients);

// Of a query that a client's statement runs for a tenant of its own: what is done with the rows is nobody's.
void require_rows(int64 rows);

// `before` were sent already, of a cursor.
template <typename Call> void with_counted_rows(QueryDesc *query, bool is_clients, uint64 before, Call call) {
	const int64 most = most_rows();
	if (likely(most == 0) || !is_result(query, is_clients)) {
		call();
		return;
	}
	CountingReceiver counting;
	make_counting(&counting, query->dest, most - static_cast<int64>(before));
	pg::with_value(&query->dest, &counting.receiver, call);
}

} // namespace pg_tenant::limits
