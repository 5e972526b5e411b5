#include "registry/grants.hpp"

#include <cstring>

#include "context/seal.hpp"
#include "context/settings.hpp"
#include "pg/error.hpp"
#include "registry/recent.hpp"
#include "registry/table.hpp"

extern "C" {
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/inval.h"
}

namespace pg_tenant::registry {
namespace {

constexpr const char *kTable = "role_grants";
// Its columns, which are its primary key.
constexpr AttrNumber kColumnRole = 1;
constexpr AttrNumber kColumnTenant = 2;
struct Key {
	Oid role;
	uint32 hash; // of the tenant
};

// Whether a role has a grant: for the tenant, or, without one, any.
struct Grant {
	uint64 generation;
	bool is_there;
	const char *tenant; // empty for none

	void release() {
		if (tenant != nullptr)
			pfree(const_cast<char *>(tenant));
	}
};

RecentTable<Key, Grant> cache = {"pg_tenant grants", nullptr, nullptr, {}};
uint64 generation = 1;
Oid table = InvalidOid;

bool is_written(Oid role, const core::TenantId &tenant) {
	if (!OidIsValid(table))
		table = own_relation(kTable);
	if (!OidIsValid(table))
		return false;
	ScanKeyData keys[2];
	ScanKeyInit(&keys[0], kColumnRole, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(role));
	if (tenant.length > 0)
		ScanKeyInit(&keys[1], kColumnTenant, BTEqualStrategyNumber, F_TEXTEQ,
					CStringGetTextDatum(tenant.text));
	return find_row(table, keys, tenant.length > 0 ? 2 : 1, [](HeapTuple, TupleDesc) {});
}

bool has_grant(Oid role, const core::TenantId &tenant) {
	const Key key = {role, tenant.hash};
	Grant *found = cache.find(key);
	if (likely(found != nullptr && found->generation == generation &&
			   strcmp(found->tenant, tenant.text) == 0))
		return found->is_there;
	// Reads until no message arrived meanwhile.
	bool is_there;
	uint64 seen;
	do {
		AcceptInvalidationMessages();
		seen = generation;
		is_there = is_written(role, tenant);
		AcceptInvalidationMessages();
	} while (seen != generation);
	found = cache.enter(key, context::cached_tenants);
	found->release();
	*found = {};
	found->tenant = MemoryContextStrdup(cache.memory, tenant.text);
	// Without the table nobody would tell of a change: valid for this call only.
	found->generation = OidIsValid(table) ? seen : 0;
	found->is_there = is_there;
	return is_there;
}

bool is_bound(Oid role) {
	static constexpr core::TenantId kAny = {};
	return has_grant(role, kAny);
}

// Two roles that had no grants then.
struct Unbound {
	uint64 generation;
	Oid session;
	Oid acting;
};

bool may_work_as(Oid role, const core::TenantId &tenant) {
	return !is_bound(role) || has_grant(role, tenant);
}

void require_grant_of(Oid role, const core::TenantId &tenant) {
	if (may_work_as(role, tenant))
		return;
	ereport(ERROR, (errcode(ERRCODE_TENANT_SEALED),
					errmsg("role \"%s\" is bound to other tenants", GetUserNameFromId(role, false))));
}

} // namespace

bool is_session_bound() {
	AcceptInvalidationMessages();
	return is_bound(GetSessionUserId()) || is_bound(GetOuterUserId());
}

void require_grant(const core::TenantId &tenant) {
	require_grant_of(GetSessionUserId(), tenant);
	if (GetOuterUserId() != GetSessionUserId())
		require_grant_of(GetOuterUserId(), tenant);
}

bool may_work_for(const core::TenantId &tenant) {
	if (context::require_signed && !context::is_seal_signed())
		return false;
	const Oid session = GetSessionUserId();
	const Oid acting = GetOuterUserId();
	// Every statement asks, most of them for roles that are bound to none.
	static Unbound unbound = {};
	if (likely(unbound.generation == generation && unbound.session == session && unbound.acting == acting))
		return true;
	const uint64 seen = generation;
	if (is_bound(session) || is_bound(acting))
		return may_work_as(session, tenant) && may_work_as(acting, tenant);
	if (OidIsValid(table))
		unbound = {seen, session, acting};
	return true;
}

void forget_grants(Oid relation) {
	if (OidIsValid(relation) && relation != table)
		return;
	generation++;
	table = InvalidOid;
}

} // namespace pg_tenant::registry
