// What a query or a plan names.
#pragma once

#include "pg/query.hpp"

extern "C" {
#include "nodes/parsenodes.h"
}

namespace pg_tenant::pg {

using EntryTest = bool (*)(const RangeTblEntry *);

// The first entry that fits, or NULL.
template <typename Test> RangeTblEntry *find_entry(const List *range_table, Test fits) {
	ListCell *cell;
	foreach (cell, range_table) {
		auto *entry = lfirst_node(RangeTblEntry, cell);
		if (fits(entry))
			return entry;
	}
	return nullptr;
}

inline bool names_entry(Node *node, void *fits) {
	if (node == nullptr)
		return false;
	if (!IsA(node, Query))
		return walk_expression(node, names_entry, fits);
	auto *query = reinterpret_cast<Query *>(node);
	return find_entry(query->rtable, *static_cast<EntryTest *>(fits)) != nullptr ||
		   walk_inner_queries(query, names_entry, fits);
}

// Whether an entry of the query, or of one anywhere in it, fits.
inline bool names_entry(Query *query, EntryTest fits) {
	return names_entry(reinterpret_cast<Node *>(query), static_cast<void *>(&fits));
}

} // namespace pg_tenant::pg
