// ALTER TABLE … ADD FOREIGN KEY checks the rows that are there with one query, which would be refused without
// a tenant, and with one would find a tenant's rows only and call the constraint valid; nor would it find
// deleted rows. That query is not sent when this check says no (ri_triggers.c, RI_Initial_Check): each row is
// then checked by itself, exactly.
#include "hooks/hooks.hpp"

#include "registry/relations.hpp"

namespace pg_tenant::hooks {

bool check_permissions(CHECK_PERMISSIONS_PARAMETERS) {
	if (!raise && !IsBinaryUpgrade) {
		ListCell *cell;
		foreach (cell, range_table) {
			auto *entry = static_cast<RangeTblEntry *>(lfirst(cell));
			if (entry->rtekind == RTE_RELATION &&
				(registry::is_protected(entry->relid) || registry::is_soft_deleted(entry->relid)))
				return false;
		}
	}
	return previous.check_permissions == nullptr || previous.check_permissions(CHECK_PERMISSIONS_ARGUMENTS);
}

} // namespace pg_tenant::hooks
