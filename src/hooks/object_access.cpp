// A policy goes with what it depends on: its column's collation or type, a language that the extension needs.
// No statement names it then, so it is noted when it is dropped, and looked at when the command has ended. A
// function that a client calls by a message of its own passes no other hook.
#include "hooks/hooks.hpp"

#include "context/leftovers.hpp"
#include "isolation/boundary.hpp"
#include "isolation/new_tables.hpp"
#include "limits/statement.hpp"
#include "quotas/statement.hpp"
#include "stats/session.hpp"

extern "C" {
#include "catalog/pg_class.h"
#include "catalog/pg_policy.h"
}

namespace pg_tenant::hooks {

void object_accessed(ObjectAccessType access, Oid catalog, Oid object, int column, void *argument) {
	if (previous.object_access != nullptr)
		previous.object_access(access, catalog, object, column, argument);
	if (access == OAT_FUNCTION_EXECUTE && limits::is_function_sent()) {
		stats::begin_tenant();
		limits::begin_function_call();
	}
	if (access == OAT_DROP && catalog == PolicyRelationId && !IsBinaryUpgrade)
		isolation::note_dropped_policy(object);
	if (access == OAT_DROP && catalog == PolicyRelationId)
		quotas::note_unknown();
	if (access == OAT_POST_CREATE && catalog == RelationRelationId && column == 0)
		context::note_temporary(object);
	// Also where no event trigger fires, as for EXPLAIN ANALYZE CREATE TABLE AS.
	if (access == OAT_POST_CREATE && catalog == RelationRelationId && column == 0 && !IsBinaryUpgrade &&
		!may_see_all_tenants())
		isolation::note_new_relation(object);
}

} // namespace pg_tenant::hooks
