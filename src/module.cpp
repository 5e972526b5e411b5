// The module's magic and its entry, nothing else.
#include "context/frame.hpp"
#include "context/settings.hpp"
#include "hooks/hooks.hpp"
#include "pg/error.hpp"

extern "C" {
#include "tcop/pquery.h"

PG_TENANT_EXPORT const Pg_magic_struct *Pg_magic_func(void);
PG_TENANT_EXPORT void _PG_init(void);

PG_MODULE_MAGIC;

void _PG_init(void) {
	pg_tenant::pg::note_loading();
	pg_tenant::context::define_settings();
	pg_tenant::hooks::install();
	pg_tenant::context::statement_unchecked = ActivePortal != nullptr;
	pg_tenant::context::note_unseen_portal();
	pg_tenant::pg::mark_initialised();
}
}
