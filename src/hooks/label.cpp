// SECURITY LABEL FOR pg_tenant, which pg_dump writes for protected materialized views and foreign tables.
#include "hooks/hooks.hpp"

#include "isolation/label.hpp"

namespace pg_tenant::hooks {

void label_given(const ObjectAddress *object, const char *label) {
	isolation::require_proper_label(*object, label, IsBinaryUpgrade || may_see_all_tenants());
}

} // namespace pg_tenant::hooks
