// tenant.set, clear, current_*, require_id, identity, canonical_id
#include "pg/error.hpp"

#include "context/frame.hpp"
#include "context/seal.hpp"
#include "context/settings.hpp"
#include "registry/require.hpp"
#include "sqlapi/arguments.hpp"

extern "C" {
#include "access/htup_details.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/uuid.h"
}

using pg_tenant::context::assign_setting;
using pg_tenant::context::statement_tenant;
using pg_tenant::core::Header;
using pg_tenant::core::kHeaderCount;
using pg_tenant::core::TenantId;
namespace context = pg_tenant::context;
namespace sqlapi = pg_tenant::sqlapi;

PG_TENANT_FUNCTION(pg_tenant_set) {
	TenantId id;
	context::read_tenant_id(sqlapi::required_text(fcinfo, 0, "tenant id"), "tenant id", &id);
	const bool is_local = PG_ARGISNULL(1) || PG_GETARG_BOOL(1);
	assign_setting(Header::kTenantId, id.text, is_local);
	pg_tenant::registry::require_in_good_standing(id);
	PG_RETURN_TEXT_P(cstring_to_text(id.text));
}

PG_TENANT_FUNCTION(pg_tenant_clear) {
	context::require_within_seal(nullptr);
	for (std::size_t i = 0; i < kHeaderCount; i++)
		assign_setting(static_cast<Header>(i), "", false);
	PG_RETURN_VOID();
}

PG_TENANT_FUNCTION(pg_tenant_require_id) {
	const TenantId *id = pg_tenant::registry::require_tenant(statement_tenant());
	PG_RETURN_TEXT_P(cstring_to_text(id->text));
}

// The tenant for a policy or a default.
static const TenantId *policy_tenant() {
	const TenantId *id = statement_tenant();
	if (unlikely(context::statement_unchecked) && id != nullptr) {
		context::require_signed_seal();
		pg_tenant::registry::require_in_good_standing(*id);
		context::statement_unchecked = false;
	}
	return id;
}

// The typed functions are evaluated while queries are planned, so they give NULL, which no row equals, where
// the statement will be refused with its proper error when it starts.

PG_TENANT_FUNCTION(pg_tenant_current_text) {
	const TenantId *id = policy_tenant();
	if (id == nullptr)
		PG_RETURN_NULL();
	if (likely(context::current_frame != nullptr))
		PG_RETURN_TEXT_P(context::current_frame->tenant_text);
	PG_RETURN_TEXT_P(cstring_to_text(id->text));
}

PG_TENANT_FUNCTION(pg_tenant_current_uuid) {
	const TenantId *id = policy_tenant();
	if (id == nullptr || !id->is_uuid)
		PG_RETURN_NULL();
	// A statement's tenant stays where it is as long as the statement.
	if (likely(context::current_frame != nullptr))
		PG_RETURN_UUID_P(reinterpret_cast<const pg_uuid_t *>(id->uuid));
	auto *uuid = static_cast<pg_uuid_t *>(palloc(sizeof(pg_uuid_t)));
	memcpy(uuid->data, id->uuid, sizeof(uuid->data));
	PG_RETURN_UUID_P(uuid);
}

PG_TENANT_FUNCTION(pg_tenant_current_bigint) {
	const TenantId *id = policy_tenant();
	if (id == nullptr || !id->is_number)
		PG_RETURN_NULL();
	PG_RETURN_INT64(id->number);
}

PG_TENANT_FUNCTION(pg_tenant_current_int) {
	const TenantId *id = policy_tenant();
	if (id == nullptr || !id->is_number || id->number < PG_INT32_MIN || id->number > PG_INT32_MAX)
		PG_RETURN_NULL();
	PG_RETURN_INT32(static_cast<int32>(id->number));
}

PG_TENANT_FUNCTION(pg_tenant_identity) {
	TupleDesc descriptor;
	if (get_call_result_type(fcinfo, nullptr, &descriptor) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	Datum values[kHeaderCount];
	bool nulls[kHeaderCount];
	for (std::size_t i = 0; i < kHeaderCount; i++) {
		const char *value = context::identity_value(static_cast<Header>(i));
		nulls[i] = value == nullptr;
		values[i] = nulls[i] ? Datum(0) : CStringGetTextDatum(value);
	}
	HeapTuple tuple = heap_form_tuple(BlessTupleDesc(descriptor), values, nulls);
	PG_RETURN_DATUM(HeapTupleGetDatum(tuple));
}

PG_TENANT_FUNCTION(pg_tenant_canonical_id) {
	TenantId id;
	context::read_tenant_id(sqlapi::required_text(fcinfo, 0, "tenant id"), "tenant id", &id);
	PG_RETURN_TEXT_P(cstring_to_text(id.text));
}

PG_TENANT_FUNCTION(pg_tenant_is_valid_name) {
	PG_RETURN_BOOL(context::is_valid_name(text_to_cstring(PG_GETARG_TEXT_PP(0))));
}
