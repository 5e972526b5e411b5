#include "context/settings.hpp"

#include <cstring>

#include "context/portals.hpp"
#include "context/seal.hpp"
#include "pg/client_settings.hpp"
#include "pg/error.hpp"
#include "pg/compat.hpp"

extern "C" {
#include "mb/pg_wchar.h"
#include "datatype/timestamp.h"
#include "utils/guc.h"
#include "utils/plancache.h"
#include "utils/varlena.h"
}

namespace pg_tenant::context {

using core::Header;
using core::IdFault;
using core::TenantId;

char *alert_databases = nullptr;
int alert_interval = 15;
int audit_log = kAuditTable;
int cached_tenants = 16384;
int max_quota_counts = 10000;
int max_tracked_tenants = 1000;
bool confine_bypass_roles = true;
bool emit_events = false;
int error_context = kErrorToLog;
bool hide_estimates = true;
int log_all_tenants = kLogSession;
int new_tables = kIgnoreNew;
int on_missing_tenant = kMissingIsError;
int purge_grace = 30 * SECS_PER_DAY;
bool require_registered = true;
bool require_signed = false;
int trusted_operators = kBuiltin;
bool clean_on_switch = false;
int include_deleted = kDeletedHidden;
bool hard_delete = false;

void (*tenant_assigned)(const TenantId *tenant) = nullptr;

namespace {

constexpr std::size_t kMaxNameCharacters = 256;
constexpr std::size_t kMaxRequestCharacters = 128;

// What app.tenant_id holds, parsed.
struct TenantSetting {
	TenantId id;
	// Set when there was no tenant: then a name or platform that was set before it belongs to it.
	bool follows_none;
};

// The tenant id that a name or a platform was set with; empty when there was none.
struct Binding {
	char tenant[core::kMaxIdBytes + 1];
};

char *tenant_id_text;
char *tenant_name_text;
char *platform_id_text;
char *request_id_text;
char *trace_id_text;
char *span_id_text;

// What the check hooks parsed, as the assign hooks handed it over.
const TenantSetting *tenant_setting;
const Binding *name_binding;
const Binding *platform_binding;

std::size_t count_characters(const char *text) {
	return static_cast<std::size_t>(pg_mbstrlen_with_len(text, static_cast<int>(strlen(text))));
}

bool is_utf8() { return GetDatabaseEncoding() == PG_UTF8; }

const char *explain(IdFault fault) {
	switch (fault) {
	case IdFault::kEmpty:
		return "It is empty.";
	case IdFault::kTooLong:
		return "It is too long.";
	case IdFault::kControlCharacter:
		return "It contains a control character.";
	case IdFault::kOuterSpace:
		return "It begins or ends with a space.";
	case IdFault::kNone:
		break;
	}
	return "It is not valid in the database's encoding.";
}

bool is_encoded(const char *text) { return pg_verifymbstr(text, static_cast<int>(strlen(text)), true); }

// Connection options reach the check hooks unconverted, so the encoding is checked here.
bool accept_label(const char *value, std::size_t max_characters) {
	IdFault fault = IdFault::kNone;
	if (is_encoded(value)) {
		fault = core::check_label(value, count_characters(value), max_characters, is_utf8());
		if (fault == IdFault::kNone)
			return true;
	}
	GUC_check_errdetail("%s", explain(fault));
	return false;
}

// Otherwise the value would be said to be invalid.
bool refuse_for_memory() {
	GUC_check_errcode(ERRCODE_OUT_OF_MEMORY);
	GUC_check_errmsg("out of memory");
	return false;
}

// Keeps an id as it is stored and compared.
bool spell_canonically(char **newval, const TenantId &id) {
	auto *canonical = static_cast<char *>(pg::setting_alloc(id.length + 1));
	if (canonical == nullptr)
		return refuse_for_memory();
	memcpy(canonical, id.text, id.length + 1);
	pg::setting_free(*newval);
	*newval = canonical;
	return true;
}

bool check_tenant_id(char **newval, void **extra, GucSource) {
	const char *value = *newval;
	if (value[0] == '\0')
		return true;
	TenantId parsed;
	const bool encoded = is_encoded(value);
	const IdFault fault = encoded ? parse_tenant_id(value, &parsed) : IdFault::kNone;
	if (!encoded || fault != IdFault::kNone) {
		GUC_check_errdetail("%s", explain(fault));
		GUC_check_errhint("A tenant id is 1 to 128 characters, without control characters and without a "
						  "space at its ends.");
		return false;
	}
	auto *kept = static_cast<TenantSetting *>(pg::setting_alloc(sizeof(TenantSetting)));
	if (kept == nullptr)
		return refuse_for_memory();
	if (!spell_canonically(newval, parsed)) {
		pg::setting_free(kept);
		return false;
	}
	kept->id = parsed;
	kept->follows_none =
		tenant_setting == nullptr || (tenant_setting->id == parsed && tenant_setting->follows_none);
	*extra = kept;
	return true;
}

void assign_tenant_id(const char *, void *extra) {
	tenant_setting = static_cast<const TenantSetting *>(extra);
	lock_foreign_portals();
	if (tenant_assigned != nullptr)
		tenant_assigned(tenant_setting == nullptr ? nullptr : &tenant_setting->id);
}

bool keep_binding(void **extra) {
	auto *binding = static_cast<Binding *>(pg::setting_alloc(sizeof(Binding)));
	if (binding == nullptr)
		return refuse_for_memory();
	strlcpy(binding->tenant, tenant_setting == nullptr ? "" : tenant_setting->id.text,
			sizeof(binding->tenant));
	*extra = binding;
	return true;
}

bool check_tenant_name(char **newval, void **extra, GucSource) {
	return accept_label(*newval, kMaxNameCharacters) && keep_binding(extra);
}

bool check_platform_id(char **newval, void **extra, GucSource) {
	TenantId id;
	return accept_label(*newval, core::kMaxIdCharacters) &&
		   (parse_tenant_id(*newval, &id) != IdFault::kNone || spell_canonically(newval, id)) &&
		   keep_binding(extra);
}

bool check_request_id(char **newval, void **, GucSource) {
	return accept_label(*newval, kMaxRequestCharacters);
}

void assign_tenant_name(const char *, void *extra) { name_binding = static_cast<const Binding *>(extra); }

void assign_platform_id(const char *, void *extra) { platform_binding = static_cast<const Binding *>(extra); }

// Plans that were made under the other value are made again.
void assign_hard_delete(bool value, void *) {
	if (value != hard_delete)
		ResetPlanCache();
}

void assign_trusted_operators(int value, void *) {
	if (value != trusted_operators)
		ResetPlanCache();
}

// In the order of core::Header.
const char *const kSettingNames[core::kHeaderCount] = {
	"app.platform_id", "app.tenant_id", "app.tenant_name", "app.request_id", "app.trace_id", "app.span_id",
};

const config_enum_entry kAuditLog[] = {
	{"off", kAuditTable, false}, {"json", kAuditJson, false}, {nullptr, 0, false}};
const config_enum_entry kErrorContext[] = {{"off", kErrorPlain, false},
										   {"log", kErrorToLog, false},
										   {"client", kErrorToClient, false},
										   {nullptr, 0, false}};
const config_enum_entry kIncludeDeleted[] = {{"off", kDeletedHidden, false},
											 {"on", kDeletedSeen, false},
											 {"alone", kDeletedAlone, false},
											 {nullptr, 0, false}};
const config_enum_entry kLogAllTenants[] = {{"off", kLogNothing, false},
											{"session", kLogSession, false},
											{"statement", kLogStatement, false},
											{nullptr, 0, false}};
const config_enum_entry kNewTables[] = {{"ignore", kIgnoreNew, false},
										{"warn", kWarnNew, false},
										{"protect", kProtectNew, false},
										{"refuse", kRefuseNew, false},
										{nullptr, 0, false}};
const config_enum_entry kTrustedOperators[] = {
	{"off", kOnlyLeakproof, false}, {"builtin", kBuiltin, false}, {nullptr, 0, false}};
const config_enum_entry kUnknownConfigKeys[] = {
	{"accept", kAcceptUnknown, false}, {"refuse", kRefuseUnknown, false}, {nullptr, 0, false}};
const config_enum_entry kOnMissingTenant[] = {
	{"error", kMissingIsError, false}, {"empty", kMissingIsEmpty, false}, {nullptr, 0, false}};

void define_text(Header header, const char *meaning, char **variable, GucStringCheckHook check,
				 GucStringAssignHook assign) {
	DefineCustomStringVariable(setting_name(header), meaning, nullptr, variable, "", PGC_USERSET, GUC_REPORT,
							   check, assign, nullptr);
}

void define_trusted_operators() {
	DefineCustomEnumVariable("pg_tenant.trusted_operators",
							 "Which functions may meet rows that the tenant's filter has not passed yet.",
							 "\"builtin\" trusts what the view tenant.trusted_operators shows, \"off\" only "
							 "what is leakproof.",
							 &trusted_operators, kBuiltin, kTrustedOperators, PGC_SUSET, 0, nullptr,
							 assign_trusted_operators, nullptr);
}

void define_configuration_settings() {
	// Read by SQL (src/schema/52).
	static int unknown_config_keys;
	DefineCustomEnumVariable("pg_tenant.unknown_config_keys",
							 "What a configuration key that is not defined gets when it is set.", nullptr,
							 &unknown_config_keys, kAcceptUnknown, kUnknownConfigKeys, PGC_SUSET, 0, nullptr,
							 nullptr, nullptr);
}

void define_event_settings() {
	DefineCustomBoolVariable("pg_tenant.emit_events",
							 "Whether events are also written to the log as messages for logical decoding.",
							 nullptr, &emit_events, false, PGC_SUSET, 0, nullptr, nullptr, nullptr);
}

void define_log_settings() {
	DefineCustomEnumVariable("pg_tenant.audit_log",
							 "Whether the audit trail is also written to the server's log.",
							 "\"json\" writes a line of JSON for each of its rows, each statement for all "
							 "tenants, and each refusal.",
							 &audit_log, kAuditTable, kAuditLog, PGC_SUSET, 0, nullptr, nullptr, nullptr);
	DefineCustomEnumVariable(
		"pg_tenant.error_context", "Where an error under a tenant names the tenant and the request.",
		"\"log\" does so in the server's log, \"client\" also in what the client gets.", &error_context,
		kErrorToLog, kErrorContext, PGC_SUSET, 0, nullptr, nullptr, nullptr);
}

void define_deletion_settings() {
	DefineCustomEnumVariable("app.include_deleted", "Whether soft-deleted rows are seen.", nullptr,
							 &include_deleted, kDeletedHidden, kIncludeDeleted, PGC_USERSET, GUC_REPORT,
							 nullptr, nullptr, nullptr);
	DefineCustomBoolVariable(
		"pg_tenant.hard_delete",
		"Whether DELETE removes rows of tables that soft-delete, rather than marking them.",
		"tenant.hard_delete() sets it for a transaction.", &hard_delete, false, PGC_SUSET, 0, nullptr,
		assign_hard_delete, nullptr);
	DefineCustomIntVariable(
		"pg_tenant.purge_grace", "How long a deleted tenant is kept before it can be purged.", nullptr,
		&purge_grace, 30 * SECS_PER_DAY, 0, PG_INT32_MAX, PGC_SUSET, GUC_UNIT_S, nullptr, nullptr, nullptr);
}

bool check_names(char **value, void **, GucSource) {
	List *names;
	char *copy = pstrdup(*value);
	if (SplitGUCList(copy, ',', &names))
		return true;
	GUC_check_errdetail("List syntax is invalid.");
	return false;
}

void define_alert_settings() {
	DefineCustomIntVariable("pg_tenant.alert_interval", "How often alert rules are evaluated.", nullptr,
							&alert_interval, 15, 1, SECS_PER_HOUR, PGC_SIGHUP, GUC_UNIT_S, nullptr, nullptr,
							nullptr);
	// Whether there is a worker is settled when the server starts.
	if (pg::loaded_by == pg::LoadedBy::kShared)
		DefineCustomStringVariable("pg_tenant.alert_databases",
								   "The databases whose alert rules are evaluated.",
								   "Empty means none, and no background worker.", &alert_databases, "",
								   PGC_POSTMASTER, GUC_LIST_INPUT, check_names, nullptr, nullptr);
}

// Set without a tenant, and none is set now.
bool stands_alone(const Binding *binding) {
	return binding != nullptr && binding->tenant[0] == '\0' && tenant_setting == nullptr &&
		   is_within_seal(nullptr);
}

bool is_bound(const Binding *binding) {
	if (binding == nullptr || tenant_setting == nullptr || !is_within_seal(&tenant_setting->id))
		return false;
	return binding->tenant[0] == '\0' ? tenant_setting->follows_none
									  : strcmp(binding->tenant, tenant_setting->id.text) == 0;
}

void define_sizes() {
	DefineCustomIntVariable("pg_tenant.cached_tenants",
							"How many tenants a session keeps in memory, and how many of their grants.",
							nullptr, &cached_tenants, 16384, 16, 1000000, PGC_SUSET, 0, nullptr, nullptr,
							nullptr);
	// What sizes shared memory is settled when the server starts.
	if (pg::loaded_by != pg::LoadedBy::kShared)
		return;
	DefineCustomIntVariable("pg_tenant.max_quota_counts",
							"How many numbers of a tenant's rows in a table the server keeps, for quotas.",
							nullptr, &max_quota_counts, 10000, 16, 1000000, PGC_POSTMASTER, 0, nullptr,
							nullptr, nullptr);
	DefineCustomIntVariable("pg_tenant.max_tracked_tenants",
							"Of how many tenants the server counts what they do.",
							"Zero means that nothing is counted.", &max_tracked_tenants, 1000, 0, 1000000,
							PGC_POSTMASTER, 0, nullptr, nullptr, nullptr);
}

} // namespace

void define_settings() {
	const List *of_client = pg::settings_of_client("pg_tenant.");
	// app.tenant_id last: what was set before the library was loaded belongs to it.
	define_text(Header::kPlatformId, "Platform of the session's tenant.", &platform_id_text,
				check_platform_id, assign_platform_id);
	define_text(Header::kTenantName, "Name of the session's tenant.", &tenant_name_text, check_tenant_name,
				assign_tenant_name);
	define_text(Header::kRequestId, "Request that the session works for.", &request_id_text, check_request_id,
				nullptr);
	define_text(Header::kTraceId, "Trace that the request belongs to.", &trace_id_text, check_request_id,
				nullptr);
	define_text(Header::kSpanId, "Span that the request belongs to.", &span_id_text, check_request_id,
				nullptr);
	define_text(Header::kTenantId, "Tenant of this session; empty means none.", &tenant_id_text,
				check_tenant_id, assign_tenant_id);
	define_sizes();
	define_alert_settings();
	DefineCustomBoolVariable("pg_tenant.confine_bypass_roles",
							 "Whether superusers and roles with BYPASSRLS are confined like everyone else.",
							 "They then see all tenants only under row_security = off.",
							 &confine_bypass_roles, true, PGC_SUSET, 0, nullptr, nullptr, nullptr);
	DefineCustomBoolVariable(
		"pg_tenant.hide_estimates",
		"Whether EXPLAIN hides from confined statements what comes of other tenants' rows.",
		"Estimates, buffers, and counts of rows that the tenant's filter removed.", &hide_estimates, true,
		PGC_SUSET, 0, nullptr, nullptr, nullptr);
	DefineCustomEnumVariable("pg_tenant.new_tables",
							 "What becomes of a new table that its transaction neither protects nor shares.",
							 "\"protect\" protects it at once; \"warn\" and \"refuse\" look when the "
							 "transaction ends.",
							 &new_tables, kIgnoreNew, kNewTables, PGC_SUSET, 0, nullptr, nullptr, nullptr);
	DefineCustomEnumVariable(
		"pg_tenant.log_all_tenants", "Which statements that see all tenants are written to the server's log.",
		"\"session\" logs the first of each session; \"statement\" logs all.", &log_all_tenants, kLogSession,
		kLogAllTenants, PGC_SUSET, 0, nullptr, nullptr, nullptr);
	DefineCustomEnumVariable(
		"pg_tenant.on_missing_tenant", "What a statement on a protected table gets when no tenant is set.",
		"\"error\" refuses it; \"empty\" shows no rows, and writes still fail.", &on_missing_tenant,
		kMissingIsError, kOnMissingTenant, PGC_SUSET, 0, nullptr, nullptr, nullptr);
	DefineCustomBoolVariable("pg_tenant.require_registered",
							 "Whether a tenant must be in the registry to be served.", nullptr,
							 &require_registered, true, PGC_SUSET, 0, nullptr, nullptr, nullptr);
	DefineCustomBoolVariable("pg_tenant.require_signed",
							 "Whether only a tenant that a signed token named is served.", nullptr,
							 &require_signed, false, PGC_SUSET, 0, nullptr, nullptr, nullptr);
	DefineCustomBoolVariable(
		"pg_tenant.clean_on_switch",
		"Whether temporary tables and cursors WITH HOLD go when the session's tenant changes.", nullptr,
		&clean_on_switch, false, PGC_SUSET, 0, nullptr, nullptr, nullptr);
	define_trusted_operators();
	define_configuration_settings();
	define_deletion_settings();
	define_event_settings();
	define_log_settings();
	define_seal_setting();
	MarkGUCPrefixReserved("pg_tenant");
	pg::require_settings_of_client(of_client);
}

const TenantId *live_tenant() { return tenant_setting == nullptr ? nullptr : &tenant_setting->id; }

const char *setting_name(Header header) { return kSettingNames[static_cast<std::size_t>(header)]; }

const char *identity_value(Header header) {
	const char *value = nullptr;
	switch (header) {
	case Header::kTenantId:
		value = sealed_tenant() != nullptr ? sealed_tenant()->text : tenant_id_text;
		break;
	case Header::kTenantName:
		value = is_bound(name_binding) ? tenant_name_text : nullptr;
		break;
	case Header::kPlatformId:
		value = is_bound(platform_binding) || stands_alone(platform_binding) ? platform_id_text : nullptr;
		break;
	case Header::kRequestId:
		value = request_id_text;
		break;
	case Header::kTraceId:
		value = trace_id_text;
		break;
	case Header::kSpanId:
		value = span_id_text;
		break;
	case Header::kOther:
		break;
	}
	return value == nullptr || value[0] == '\0' ? nullptr : value;
}

void assign_setting(Header header, const char *value, bool is_local) {
	(void)set_config_option(setting_name(header), value, superuser() ? PGC_SUSET : PGC_USERSET, PGC_S_SESSION,
							is_local ? GUC_ACTION_LOCAL : GUC_ACTION_SET, true, 0, false);
}

IdFault parse_tenant_id(const char *text, TenantId *id) {
	return core::parse_tenant_id(text, count_characters(text), is_utf8(), id);
}

void read_tenant_id(const char *text, const char *what, TenantId *id) {
	const IdFault fault = parse_tenant_id(text, id);
	if (fault != IdFault::kNone)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("invalid %s", what),
						errdetail("%s", explain(fault)),
						errhint("A tenant id is 1 to 128 characters, without control characters and without "
								"a space at its ends.")));
}

bool is_valid_name(const char *text) {
	return text[0] != '\0' &&
		   core::check_label(text, count_characters(text), kMaxNameCharacters, is_utf8()) == IdFault::kNone;
}

} // namespace pg_tenant::context
