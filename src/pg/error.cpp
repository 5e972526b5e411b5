#include "pg/error.hpp"

namespace pg_tenant::pg {

bool initialised = false;

void mark_initialised() noexcept { initialised = true; }

void refuse_uninitialised() {
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("pg_tenant is loaded but its hooks are not installed"),
			 errdetail("The library does not export _PG_init, so the server never called it."),
			 errhint("Rebuild and install the library with \"make install\", then restart the server.")));
}

} // namespace pg_tenant::pg
