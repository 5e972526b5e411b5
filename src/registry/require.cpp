#include "registry/require.hpp"

#include <cstring>

#include "context/seal.hpp"
#include "context/settings.hpp"
#include "pg/error.hpp"
#include "registry/grants.hpp"
#include "registry/tenants.hpp"

extern "C" {
#include "utils/builtins.h"
#include "utils/lsyscache.h"
}

namespace pg_tenant::registry {

using core::Header;
using core::TenantId;

const TenantId *purged_tenant = nullptr;

namespace {

[[noreturn]] void refuse_missing(Oid relation) {
	ereport(ERROR, (errcode(ERRCODE_TENANT_REQUIRED),
					errmsg("no tenant is set for protected table \"%s\"", get_rel_name(relation)),
					errhint("SET app.tenant_id = '...';")));
}

[[noreturn]] void refuse_unknown(const TenantId &tenant) {
	ereport(ERROR, (errcode(ERRCODE_UNKNOWN_TENANT), errmsg("tenant \"%s\" is not registered", tenant.text),
					errhint("SELECT tenant.provision(%s);", quote_literal_cstr(tenant.text))));
}

[[noreturn]] void refuse_inactive(const TenantId &tenant, TenantStatus status) {
	const char *state = "deleted";
	const char *step = "restore";
	if (status == TenantStatus::kSuspended) {
		state = "suspended";
		step = "resume";
	} else if (status == TenantStatus::kPending) {
		state = "pending";
		step = "activate";
	}
	ereport(ERROR, (errcode(ERRCODE_TENANT_NOT_ACTIVE), errmsg("tenant \"%s\" is %s", tenant.text, state),
					errhint("SELECT tenant.%s(%s);", step, quote_literal_cstr(tenant.text))));
}

// What the registry has is not shown: it may be another tenant's.
void require_agreement(Header header, const char *registered) {
	const char *claimed = context::identity_value(header);
	if (claimed == nullptr || (registered != nullptr && strcmp(claimed, registered) == 0))
		return;
	const char *setting = context::setting_name(header);
	ereport(ERROR, (errcode(ERRCODE_TENANT_IDENTITY_MISMATCH),
					errmsg("\"%s\" does not agree with the registry", setting),
					errdetail("The session claims %s.", quote_literal_cstr(claimed)),
					errhint("RESET %s;", setting)));
}

[[noreturn]] void refuse_spelling(const TenantId &tenant, Oid relation, const char *type) {
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("tenant id \"%s\" is not a canonical %s", tenant.text, type),
					errdetail("The tenant column of \"%s\" has that type.", get_rel_name(relation))));
}

// '7', '007' and '+7' would be three tenants with the same rows.
void require_canonical_number(const TenantId &tenant, const ProtectedUse &use) {
	if (!tenant.is_odd_number)
		return;
	if (OidIsValid(use.as_bigint))
		refuse_spelling(tenant, use.as_bigint, "bigint");
	if (OidIsValid(use.as_int))
		refuse_spelling(tenant, use.as_int, "integer");
}

void require_type(const TenantId &tenant, const ProtectedUse &use) {
	if (OidIsValid(use.as_uuid) && !tenant.is_uuid)
		refuse_spelling(tenant, use.as_uuid, "uuid");
	if (OidIsValid(use.as_bigint) && !tenant.is_number)
		refuse_spelling(tenant, use.as_bigint, "bigint");
	if (OidIsValid(use.as_int) &&
		!(tenant.is_number && tenant.number >= PG_INT32_MIN && tenant.number <= PG_INT32_MAX))
		refuse_spelling(tenant, use.as_int, "integer");
}

} // namespace

const TenantId *require_tenant(const TenantId *tenant) {
	if (tenant == nullptr)
		ereport(ERROR, (errcode(ERRCODE_TENANT_REQUIRED), errmsg("no tenant is set"),
						errhint("SET app.tenant_id = '...';")));
	return tenant;
}

void require_in_good_standing(const TenantId &tenant) {
	context::require_within_seal(&tenant);
	if (unlikely(purged_tenant != nullptr) && *purged_tenant == tenant)
		return;
	require_grant(tenant);
	const Tenant *registered = find_tenant(tenant);
	if (registered->status == TenantStatus::kActive) {
		require_agreement(Header::kTenantName, registered->name);
		require_agreement(Header::kPlatformId, registered->platform_id);
	} else if (registered->status != TenantStatus::kUnknown) {
		refuse_inactive(tenant, registered->status);
	} else if (context::require_registered) {
		refuse_unknown(tenant);
	}
}

void require_free(const char *deed) {
	if (context::sealed_tenant() != nullptr || context::require_signed || is_session_bound())
		ereport(ERROR,
				(errcode(ERRCODE_TENANT_SEALED),
				 errmsg("cannot %s while the session is held to its tenants", deed),
				 errdetail("It is sealed, its role is bound to tenants, or it needs a signed token.")));
}

void require_to_resume(const context::BoundTenant &owner) {
	context::require_signed_seal();
	context::require_within_seal(owner.is_set ? &owner.id : nullptr);
	if (owner.is_set)
		require_in_good_standing(owner.id);
}

void require_for_use(const TenantId *tenant, const ProtectedUse &use) {
	context::require_signed_seal();
	if (tenant == nullptr) {
		context::require_within_seal(nullptr);
		if (context::on_missing_tenant == context::kMissingIsError || OidIsValid(use.written))
			refuse_missing(OidIsValid(use.written) ? use.written : use.any);
		return;
	}
	require_canonical_number(*tenant, use);
	require_in_good_standing(*tenant);
	require_type(*tenant, use);
}

} // namespace pg_tenant::registry
