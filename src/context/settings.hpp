// The settings of a session and of the server: definition, parsing, and what they hold now.
// Check hooks parse once and never raise; assign hooks only keep a pointer to what was parsed.
#pragma once

#include "core/headers.hpp"
#include "core/tenant_id.hpp"
#include "pg/prelude.hpp"

namespace pg_tenant::context {

enum AuditLog { kAuditTable, kAuditJson };
enum NamesTenant { kErrorPlain, kErrorToLog, kErrorToClient };
enum LogAllTenants { kLogNothing, kLogSession, kLogStatement };
enum OnMissingTenant { kMissingIsError, kMissingIsEmpty };
enum TrustedOperators { kOnlyLeakproof, kBuiltin };
enum DeletedRows { kDeletedHidden, kDeletedSeen, kDeletedAlone };
enum UnknownConfigKeys { kAcceptUnknown, kRefuseUnknown };
enum NewTables { kIgnoreNew, kWarnNew, kProtectNew, kRefuseNew };

// pg_tenant.alert_databases, .alert_interval, .audit_log, .cached_tenants, .clean_on_switch,
// .confine_bypass_roles, .emit_events, .error_context, .hide_estimates, .log_all_tenants, .max_quota_counts,
// .max_tracked_tenants, .new_tables, .on_missing_tenant, .purge_grace, .require_registered, .require_signed
// and .trusted_operators
extern char *alert_databases;
extern int alert_interval; // seconds
extern int audit_log;
extern int cached_tenants;
extern bool clean_on_switch;
extern bool confine_bypass_roles;
extern bool emit_events;
extern int error_context;
extern bool hide_estimates;
extern int log_all_tenants;
extern int max_quota_counts;
extern int max_tracked_tenants;
extern int new_tables;
extern int on_missing_tenant;
extern int purge_grace; // seconds
extern bool require_registered;
extern bool require_signed;
extern int trusted_operators;

// app.include_deleted
extern int include_deleted;
// pg_tenant.hard_delete: whether DELETE removes rows of tables that soft-delete.
extern bool hard_delete;

// Defines every setting. Raises if another library already has one of the names.
void define_settings();

// Called with each tenant that is set, also by a rollback, or NULL for none; must not raise.
extern void (*tenant_assigned)(const core::TenantId *tenant);

// The tenant of app.tenant_id right now, or NULL when none is set. The value belongs to the GUC machinery
// and is gone with the next SET: copy what must outlive the call.
const core::TenantId *live_tenant();

// The setting that a header fills, or NULL when it is empty. A name or platform that was set together with
// another tenant id than the present one counts as empty; a platform that was set alone does while none is.
const char *identity_value(core::Header header);

// The name of the setting that a header fills.
const char *setting_name(core::Header header);

// Sets one of them, as SET or as SET LOCAL would; "" means none. Raises 22023 if the value is malformed.
void assign_setting(core::Header header, const char *value, bool is_local);

// Reads a tenant id in the database's encoding; never raises.
core::IdFault parse_tenant_id(const char *text, core::TenantId *id);

// The same; raises 22023 with this name for it.
void read_tenant_id(const char *text, const char *what, core::TenantId *id);

// Whether text may be a tenant's name: the rules of app.tenant_name.
bool is_valid_name(const char *text);

} // namespace pg_tenant::context
