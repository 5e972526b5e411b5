#include "quotas/refusals.hpp"

#include "context/settings.hpp"
#include "events/publish.hpp"
#include "pg/error.hpp"
#include "pg/spi.hpp"
#include "registry/recent.hpp"

extern "C" {
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
}

namespace pg_tenant::quotas {
namespace {

struct Warned {
	bool is_warned;

	void release() {}
};
registry::RecentTable<Key, Warned> warned = {"pg_tenant quota warnings", nullptr, nullptr, {}};

constexpr double kNear = 0.8;
constexpr int64 kMegabyte = 1024 * 1024;

bool is_near(const Level &level, int64 used) {
	return static_cast<double>(used) >= kNear * static_cast<double>(level.limit);
}

long long number(int64 value) { return static_cast<long long>(value); }

void warn(const Level &level) {
	if (OidIsValid(level.table))
		ereport(WARNING, (errcode(ERRCODE_WARNING),
						  errmsg("tenant \"%s\" has %lld of the %lld rows that it may have in \"%s\"",
								 level.tenant.text, number(level.used), number(level.limit),
								 get_rel_name(level.table))));
	else
		ereport(WARNING, (errcode(ERRCODE_WARNING),
						  errmsg("tenant \"%s\" has about %lld of the %lld bytes that it may have",
								 level.tenant.text, number(level.used), number(level.limit))));
}

void publish_level(const Level &level) {
	StringInfoData text;
	initStringInfo(&text);
	if (OidIsValid(level.table)) {
		appendStringInfoString(&text, "{\"relation\": ");
		escape_json(&text, pg::qualified_name(level.table));
		appendStringInfo(&text, ", \"rows\": %lld, \"max_rows\": %lld}", number(level.used),
						 number(level.limit));
	} else {
		appendStringInfo(&text, "{\"bytes\": %lld, \"max_bytes\": %lld}", number(level.used),
						 number(level.limit));
	}
	const Datum payload = DirectFunctionCall1(jsonb_in, CStringGetDatum(text.data));
	(void)events::publish(level.tenant, "tenant.quota_near", DatumGetJsonbP(payload), 1);
}

const char *way_out(const Level &level, const char *key, const char *value) {
	return psprintf("Delete rows; or, as a member of tenant_admin: SELECT tenant.set_config(%s, "
					"'{\"limits\": {\"%s\": %s}}');",
					quote_literal_cstr(level.tenant.text), key, value);
}

} // namespace

void refuse(const Level &level) {
	if (OidIsValid(level.table))
		ereport(ERROR,
				(errcode(ERRCODE_TENANT_QUOTA_EXCEEDED),
				 errmsg("tenant \"%s\" may have %lld rows in \"%s\"", level.tenant.text, number(level.limit),
						get_rel_name(level.table)),
				 errdetail("With this statement it would have %lld.", number(level.used)),
				 errhint("%s", way_out(level, "rows_per_table", psprintf("%lld", number(level.used))))));
	ereport(ERROR, (errcode(ERRCODE_TENANT_QUOTA_EXCEEDED),
					errmsg("tenant \"%s\" may have %lld bytes", level.tenant.text, number(level.limit)),
					errdetail("With this statement it would have about %lld.", number(level.used)),
					errhint("%s", way_out(level, "bytes",
										  psprintf("\"%lldMB\"", number(level.used / kMegabyte + 1))))));
}

void note_level(const Level &level, bool may_publish) {
	const Key key = key_of(level.tenant, level.table);
	Warned *former = warned.find(key);
	if (!is_near(level, level.used)) {
		if (former != nullptr)
			former->is_warned = false;
		return;
	}
	if (former == nullptr || !former->is_warned) {
		warned.enter(key, context::cached_tenants)->is_warned = true;
		warn(level);
	}
	if (may_publish && !is_near(level, level.used - level.added))
		publish_level(level);
}

} // namespace pg_tenant::quotas
