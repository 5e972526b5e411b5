#include "pg/error.hpp"

extern "C" {
#include "miscadmin.h"
#include "tcop/tcopprot.h"
}

namespace pg_tenant::pg {

bool initialised = false;
LoadedBy loaded_by = LoadedBy::kDemand;

void note_loading() noexcept {
	// A session has no statement yet when its libraries are loaded.
	loaded_by = process_shared_preload_libraries_in_progress ? LoadedBy::kShared
				: debug_query_string == nullptr              ? LoadedBy::kSession
															 : LoadedBy::kDemand;
}

void mark_initialised() noexcept { initialised = true; }

void refuse_uninitialised() {
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("pg_tenant is loaded but its hooks are not installed"),
			 errdetail("The library does not export _PG_init, so the server never called it."),
			 errhint("Rebuild and install the library with \"make install\", then restart the server.")));
}

void require_preloaded(const char *feature) {
	if (loaded_by == LoadedBy::kShared)
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
