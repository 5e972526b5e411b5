// The server's intrusive list, walked without its macros: those are no C++.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "lib/ilist.h"
}

namespace pg_tenant::pg {

// The first item that fits, or NULL. An Item begins with its `dlist_node node`.
template <typename Item, typename Predicate> Item *find_in(dlist_head *list, Predicate fits) {
	static_assert(offsetof(Item, node) == 0);
	for (dlist_node *node = list->head.next; node != &list->head; node = node->next) {
		auto *item = reinterpret_cast<Item *>(node);
		if (fits(item))
			return item;
	}
	return nullptr;
}

} // namespace pg_tenant::pg
