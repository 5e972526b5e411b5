#include "pg/client_settings.hpp"

#include <cstring>

extern "C" {
#include "utils/guc_tables.h"
}

namespace pg_tenant::pg {
namespace {

// From 16 on the server hands out a copy.
config_generic **all_settings(int *count) {
#if PG_VERSION_NUM >= 160000
	return get_guc_variables(count);
#else
	*count = GetNumConfigOptions();
	return get_guc_variables();
#endif
}

} // namespace

List *settings_of_client(const char *prefix) {
	List *names = NIL;
	int count = 0;
	config_generic **settings = all_settings(&count);
	for (int i = 0; i < count; i++) {
		if (settings[i]->reset_source == PGC_S_CLIENT &&
			strncmp(settings[i]->name, prefix, strlen(prefix)) == 0)
			names = lappend(names, pstrdup(settings[i]->name));
	}
	return names;
}

void require_settings_of_client(const List *names) {
	int count = 0;
	config_generic **settings = names == NIL ? nullptr : all_settings(&count);
	for (int i = 0; i < count; i++) {
		ListCell *cell;
		foreach (cell, names) {
			const char *name = static_cast<const char *>(lfirst(cell));
			if (settings[i]->reset_source != PGC_S_CLIENT && strcmp(settings[i]->name, name) == 0)
				ereport(FATAL, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
								errmsg("permission denied to set parameter \"%s\"", name)));
		}
	}
}

} // namespace pg_tenant::pg
