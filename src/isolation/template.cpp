#include "isolation/template.hpp"

#include "context/frame.hpp"
#include "context/settings.hpp"
#include "isolation/catalog.hpp"
#include "pg/error.hpp"
#include "pg/scoped.hpp"
#include "pg/spi.hpp"
#include "registry/require.hpp"

extern "C" {
#include "access/table.h"
#include "executor/spi.h"
#include "utils/guc.h"
#include "utils/rel.h"
}

namespace pg_tenant::isolation {
namespace {

Oid owner_of(Oid table) {
	Relation opened = try_table_open(table, RowExclusiveLock);
	if (opened == nullptr)
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_TABLE), errmsg("there is no table with OID %u", table)));
	const Oid owner = opened->rd_rel->relowner;
	table_close(opened, NoLock);
	return owner;
}

// What SPI allocates goes with it.
char *run(const char *command) {
	if (SPI_execute(command, false, 0) < 0)
		elog(ERROR, "SPI_execute failed");
	for (uint64 i = 0; SPI_tuptable != nullptr && i < SPI_processed; i++) {
		const char *value = SPI_getvalue(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1);
		if (value == nullptr)
			continue;
		const Size size = strlen(value) + 1;
		return static_cast<char *>(memcpy(SPI_palloc(size), value, size));
	}
	return nullptr;
}

} // namespace

char *run_for_new_tenant(Oid table, const core::TenantId &tenant, const char *command) {
	registry::require_free("copy a template");
	const Oid owner = owner_of(table);
	const int level = NewGUCNestLevel();
	char *value = nullptr;
	pg::with_value(&registry::purged_tenant, &tenant, [&] {
		pg::begin_sql();
		context::assign_setting(core::Header::kTenantId, tenant.text, true);
		(void)set_config_option("row_security", "on", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_LOCAL, true, 0,
								false);
		use_owners_search_path();
		pg::as_role(owner, SECURITY_NOFORCE_RLS,
					[&] { context::with_all_tenants([&] { value = run(command); }); });
		pg::end_sql();
	});
	AtEOXact_GUC(false, level);
	return value;
}

} // namespace pg_tenant::isolation
