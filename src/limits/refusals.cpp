#include "limits/refusals.hpp"

#include "pg/error.hpp"

namespace pg_tenant::limits {
namespace {

long milliseconds(int64 wait) { return static_cast<long>((wait + 999) / 1000); }

const char *describe(SourceKind kind, bool is_shared) {
	switch (kind) {
	case kRole:
		return is_shared ? "Role \"%s\" shares %g statements a second with others."
						 : "Role \"%s\" may run %g statements a second.";
	case kAddress:
		return is_shared ? "Client address \"%s\" shares %g statements a second with others."
						 : "Client address \"%s\" may run %g statements a second.";
	default:
		return is_shared ? "Application \"%s\" shares %g statements a second with others."
						 : "Application \"%s\" may run %g statements a second.";
	}
}

[[noreturn]] void refuse_source(const core::TenantId &id, const Rules &rules, const Shortage &shortage) {
	const SourceKind kind = shortage.kind;
	ereport(ERROR, (errcode(ERRCODE_TENANT_RATE_LIMITED),
					errmsg("tenant \"%s\" runs too many statements from one source", id.text),
					errdetail_internal(describe(kind, shortage.is_shared), source_name(kind),
									   rules.of_sources[kind].rate),
					errhint("Try again in %ld ms.", milliseconds(shortage.wait))));
}

} // namespace

void refuse_rate(const core::TenantId &id, const Rules &rules, const Shortage &shortage) {
	if (shortage.is_of_source)
		refuse_source(id, rules, shortage);
	ereport(ERROR, (errcode(ERRCODE_TENANT_RATE_LIMITED),
					errmsg("tenant \"%s\" may run %g statements a second", id.text, rules.of_tenant.rate),
					errhint("Try again in %ld ms.", milliseconds(shortage.wait))));
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
