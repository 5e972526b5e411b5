#include "pg/error.hpp"

extern "C" {
#include "miscadmin.h"
}

namespace pg_tenant::pg {

bool initialised = false;
bool preloaded = false;

void mark_initialised() noexcept { initialised = true; }

void refuse_uninitialised() {
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("pg_tenant is loaded but its hooks are not installed"),
			 errdetail("The library does not export _PG_init, so the server never called it."),
			 errhint("Rebuild and install the library with \"make install\", then restart the server.")));
}

void require_preloaded(const char *feature) {
	if (preloaded)
		return;
	const char *others = shared_preload_libraries_string;
	const bool alone = others == nullptr || others[0] == '\0';
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("%s needs pg_tenant to be loaded when the server starts", feature),
			 errhint("In postgresql.conf, before a restart: shared_preload_libraries = '%s%spg_tenant'",
					 alone ? "" : others, alone ? "" : ",")));
}

} // namespace pg_tenant::pg
