// A number that is one of the server's own settings, held elsewhere: SET and SHOW work on that, and what the
// server reads follows it as far as the holder wants. Called while the library is loaded with the server.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "utils/guc_tables.h"
}

namespace pg_tenant::pg {

inline config_generic *find_setting(const char *name) {
#if PG_VERSION_NUM >= 160000
	return find_option(name, false, false, ERROR);
#else
	config_generic **settings = get_guc_variables();
	const int count = GetNumConfigOptions();
	for (int i = 0; i < count; i++) {
		if (strcmp(settings[i]->name, name) == 0)
			return settings[i];
	}
	elog(ERROR, "unrecognized configuration parameter \"%s\"", name);
#endif
}

// What is held has the setting's value, whenever that changes, before `assigned` is called. Returns the
// assign hook that there was, to be called by that one.
inline GucIntAssignHook hold_setting(const char *name, int *held, GucIntAssignHook assigned) {
	auto *setting = reinterpret_cast<config_int *>(find_setting(name));
	const GucIntAssignHook previous = setting->assign_hook;
	*held = *setting->variable;
	setting->variable = held;
	setting->assign_hook = assigned;
	return previous;
}

inline GucRealAssignHook hold_setting(const char *name, double *held, GucRealAssignHook assigned) {
	auto *setting = reinterpret_cast<config_real *>(find_setting(name));
	const GucRealAssignHook previous = setting->assign_hook;
	*held = *setting->variable;
	setting->variable = held;
	setting->assign_hook = assigned;
	return previous;
}

} // namespace pg_tenant::pg
