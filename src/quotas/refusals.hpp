// What a statement is told that adds too much, or nearly: TN009, or a warning and an event.
#pragma once

#include "quotas/counts.hpp"

namespace pg_tenant::quotas {

// Rows of a table, or bytes where it is InvalidOid.
struct Level {
	const core::TenantId &tenant;
	Oid table;
	int64 used; // with what is added
	int64 added;
	int64 limit;
};

[[noreturn]] void refuse(const Level &level);

// From 80 % on: warns, once in a session until there is less again. The one who crosses it publishes an
// event, where that is possible.
void note_level(const Level &level, bool may_publish);

} // namespace pg_tenant::quotas
