#include "limits/refusals.hpp"

#include "pg/error.hpp"

namespace pg_tenant::limits {
namespace {

long milliseconds(int64 wait) { return static_cast<long>((wait + 999) / 1000); }

} // namespace

void refuse_rate(const core::TenantId &id, const Rules &rules, int64 wait) {
	ereport(ERROR, (errcode(ERRCODE_TENANT_RATE_LIMITED),
					errmsg("tenant \"%s\" may run %g statements a second", id.text, rules.rate),
					errhint("Try again in %ld ms.", milliseconds(wait))));
}

void refuse_place(const core::TenantId &id, const Rules &rules) {
	ereport(ERROR, (errcode(ERRCODE_TENANT_RATE_LIMITED),
					errmsg("tenant \"%s\" may run %d statements at a time", id.text, rules.statements),
					errhint("Try again when one of them has ended.")));
}

void refuse_session(const core::TenantId &id, const Rules &rules) {
	ereport(ERROR, (errcode(ERRCODE_TENANT_QUOTA_EXCEEDED),
					errmsg("tenant \"%s\" may have %d sessions", id.text, rules.sessions),
					errhint("Try again when one of them has ended.")));
}

void refuse_by_breaker(const core::TenantId &id, int64 wait) {
	ereport(ERROR,
			(errcode(ERRCODE_TENANT_CIRCUIT_OPEN),
			 errmsg("the circuit breaker of tenant \"%s\" is open", id.text),
			 wait == core::Breaker::kForever ? errhint("An administrator has opened it, and will close it.")
											 : errhint("Try again in %ld ms.", milliseconds(wait))));
}

} // namespace pg_tenant::limits
