// tenant.set_from_jwt, check_jwt_key. No error says what is in a token or a key.
#include <cmath>

#include "pg/error.hpp"

#include "context/seal.hpp"
#include "context/settings.hpp"
#include "core/base64url.hpp"
#include "core/json_members.hpp"
#include "crypto/signature.hpp"
#include "registry/require.hpp"
#include "registry/table.hpp"
#include "sqlapi/arguments.hpp"

extern "C" {
#include "access/detoast.h"
#include "access/htup_details.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/fmgrprotos.h"
#include "utils/jsonb.h"
#include "utils/timestamp.h"
}

using pg_tenant::core::TenantId;
namespace context = pg_tenant::context;
namespace core = pg_tenant::core;
namespace crypto = pg_tenant::crypto;
namespace registry = pg_tenant::registry;
namespace sqlapi = pg_tenant::sqlapi;

namespace {

constexpr Size kMaxTokenBytes = 8192;
// Clocks differ: a token may have been issued that much later than now.
constexpr double kLeewaySeconds = 30;

// The columns of tenant.jwt_keys (src/schema).
constexpr AttrNumber kColumnId = 1;
constexpr AttrNumber kColumnAlgorithm = 2;
constexpr AttrNumber kColumnKey = 3;
constexpr AttrNumber kColumnIssuer = 4;
constexpr AttrNumber kColumnAudience = 5;
constexpr AttrNumber kColumnTenantClaim = 6;

struct SigningKey {
	const char *algorithm;
	std::string_view key;
	const char *issuer;   // NULL for any
	const char *audience; // NULL for any
	const char *tenant_claim;
};

// The three parts of a token, as they came.
struct Token {
	std::string_view header;
	std::string_view payload;
	std::string_view signature;
	std::string_view signed_text;
};

[[noreturn]] void refuse_malformed(const char *detail) {
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("malformed token"), errdetail("%s", detail)));
}

[[noreturn]] void refuse_token(const char *detail) {
	ereport(ERROR, (errcode(ERRCODE_INVALID_AUTHORIZATION_SPECIFICATION), errmsg("token is not accepted"),
					errdetail("%s", detail)));
}

// While it is on the stack, errors are logged without the statement, which has the token.
void hide_statement(void *) { errhidestmt(true); }

Token split(std::string_view text) {
	const std::size_t first = text.find('.');
	const std::size_t last = text.rfind('.');
	if (first == std::string_view::npos || first == last || text.find('.', first + 1) != last)
		refuse_malformed("It does not have three parts.");
	return {text.substr(0, first), text.substr(first + 1, last - first - 1), text.substr(last + 1),
			text.substr(0, last)};
}

std::string_view decode(std::string_view text) {
	auto *bytes = static_cast<unsigned char *>(palloc(core::decoded_size(text.size()) + 1));
	std::size_t length = 0;
	if (!core::decode_base64url(text, bytes, &length))
		refuse_malformed("A part is not base64url.");
	bytes[length] = '\0';
	return {reinterpret_cast<const char *>(bytes), length};
}

// NULL if it is no JSON. The server's own message would quote it; its parser allocates and nothing else, so
// that its errors may be caught here.
Jsonb *parse_json(std::string_view bytes) {
	MemoryContext memory = CurrentMemoryContext;
	Jsonb *volatile json = nullptr;
	PG_TRY();
	{
		const char *text = pg_any_to_server(bytes.data(), static_cast<int>(bytes.size()), PG_UTF8);
		auto *parsed = DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(text)));
		// Of members of one name jsonb keeps the last, other readers the first.
		if (JB_ROOT_IS_OBJECT(parsed) && core::count_members(text) == JB_ROOT_COUNT(parsed))
			json = parsed;
	}
	PG_CATCH();
	{
		const int category = ERRCODE_TO_CATEGORY(geterrcode());
		if (category != ERRCODE_DATA_EXCEPTION &&
			category != ERRCODE_TO_CATEGORY(ERRCODE_STATEMENT_TOO_COMPLEX))
			PG_RE_THROW();
		MemoryContextSwitchTo(memory);
		FlushErrorState();
	}
	PG_END_TRY();
	return json;
}

Jsonb *decode_object(std::string_view part) {
	Jsonb *json = parse_json(decode(part));
	if (json == nullptr)
		refuse_malformed("A part is not a JSON object with members of different names.");
	return json;
}

const JsonbValue *member(Jsonb *object, const char *name) {
	return getKeyJsonValueFromContainer(&object->root, name, static_cast<int>(strlen(name)), nullptr);
}

const char *as_text(const JsonbValue *value) {
	return value != nullptr && value->type == jbvString
			   ? pnstrdup(value->val.string.val, value->val.string.len)
			   : nullptr;
}

const char *required_string(Jsonb *object, const char *name, const char *detail) {
	const char *value = as_text(member(object, name));
	if (value == nullptr)
		refuse_malformed(detail);
	return value;
}

// Seconds since 1970; a member that is there must be a number.
bool read_time(Jsonb *claims, const char *name, double *seconds) {
	const JsonbValue *value = member(claims, name);
	if (value == nullptr)
		return false;
	if (value->type != jbvNumeric)
		refuse_malformed("A time in it is not a number.");
	*seconds =
		DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow, NumericGetDatum(value->val.numeric)));
	if (std::isinf(*seconds))
		refuse_malformed("A time in it is out of range.");
	return true;
}

const char *copy_text(HeapTuple tuple, AttrNumber column, TupleDesc descriptor) {
	bool is_null;
	const Datum value = heap_getattr(tuple, column, descriptor, &is_null);
	return is_null ? nullptr : TextDatumGetCString(value);
}

// Of a column that is NOT NULL.
const char *copy_value(HeapTuple tuple, AttrNumber column, TupleDesc descriptor) {
	const char *value = copy_text(tuple, column, descriptor);
	return value == nullptr ? "" : value;
}

// As the extension's owner reads it, with no privilege of the caller's; a key that was removed is gone at
// once.
SigningKey find_key(const char *id) {
	SigningKey found = {"", {}, nullptr, nullptr, ""};
	const Oid table = registry::own_relation("jwt_keys");
	ScanKeyData key;
	ScanKeyInit(&key, kColumnId, BTEqualStrategyNumber, F_TEXTEQ, CStringGetTextDatum(id));
	const auto read = [&found](HeapTuple tuple, TupleDesc descriptor) {
		found.algorithm = copy_value(tuple, kColumnAlgorithm, descriptor);
		found.key = copy_value(tuple, kColumnKey, descriptor);
		found.issuer = copy_text(tuple, kColumnIssuer, descriptor);
		found.audience = copy_text(tuple, kColumnAudience, descriptor);
		found.tenant_claim = copy_value(tuple, kColumnTenantClaim, descriptor);
	};
	if (!OidIsValid(table) || !registry::find_row(table, &key, 1, read))
		refuse_token("Its key is not known.");
	return found;
}

// What the header says is believed only as far as the key says the same.
SigningKey require_signature(const Token &token) {
	Jsonb *header = decode_object(token.header);
	const char *algorithm = required_string(header, "alg", "Its header names no algorithm.");
	const char *id = required_string(header, "kid", "Its header names no key.");
	if (member(header, "crit") != nullptr)
		refuse_token("Its header demands an extension.");
	const SigningKey key = find_key(id);
	crypto::Algorithm used;
	if (strcmp(algorithm, key.algorithm) != 0 || !crypto::find_algorithm(key.algorithm, &used))
		refuse_token("It does not use the algorithm of its key.");
	if (!crypto::verify(used, key.key, token.signed_text, decode(token.signature)))
		refuse_token("Its signature is not valid.");
	return key;
}

// By the clock: a transaction may have begun long ago.
void require_in_time(Jsonb *claims) {
	const double now = static_cast<double>(GetCurrentTimestamp()) / USECS_PER_SEC +
					   static_cast<double>(POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * SECS_PER_DAY;
	double time;
	if (!read_time(claims, "exp", &time))
		refuse_malformed("It does not say when it expires.");
	if (!(now < time))
		refuse_token("It has expired.");
	if (read_time(claims, "nbf", &time) && !(time <= now + kLeewaySeconds))
		refuse_token("It is not valid yet.");
	if (read_time(claims, "iat", &time) && !(time <= now + kLeewaySeconds))
		refuse_token("It was issued in the future.");
}

bool is_text(const JsonbValue *value, const char *text) {
	const char *own = as_text(value);
	return own != nullptr && strcmp(own, text) == 0;
}

// "aud" is one string or an array of them.
bool is_meant_for(const JsonbValue *value, const char *audience) {
	if (value == nullptr || value->type != jbvBinary || !JsonContainerIsArray(value->val.binary.data))
		return is_text(value, audience);
	for (uint32 i = 0; i < JsonContainerSize(value->val.binary.data); i++) {
		if (is_text(getIthJsonbValueFromContainer(value->val.binary.data, i), audience))
			return true;
	}
	return false;
}

void require_claims(Jsonb *claims, const SigningKey &key) {
	require_in_time(claims);
	if (key.issuer != nullptr && !is_text(member(claims, "iss"), key.issuer))
		refuse_token("Its issuer is not the one of its key.");
	if (key.audience != nullptr && !is_meant_for(member(claims, "aud"), key.audience))
		refuse_token("It is meant for another audience.");
}

TenantId tenant_of_token(std::string_view text) {
	const Token token = split(text);
	const SigningKey key = require_signature(token);
	Jsonb *claims = decode_object(token.payload);
	require_claims(claims, key);
	TenantId tenant;
	context::read_tenant_id(required_string(claims, key.tenant_claim, "It names no tenant."),
							"tenant id of the token", &tenant);
	return tenant;
}

} // namespace

PG_TENANT_FUNCTION(pg_tenant_set_from_jwt) {
	ErrorContextCallback hiding;
	hiding.callback = hide_statement;
	hiding.arg = nullptr;
	hiding.previous = error_context_stack;
	error_context_stack = &hiding;
	if (!PG_ARGISNULL(0) && toast_raw_datum_size(PG_GETARG_DATUM(0)) > kMaxTokenBytes)
		refuse_malformed("It is longer than 8192 bytes.");
	const TenantId tenant = tenant_of_token(sqlapi::required_text(fcinfo, 0, "token"));
	const bool is_local = PG_ARGISNULL(1) || PG_GETARG_BOOL(1);
	context::assign_setting(core::Header::kTenantId, tenant.text, is_local);
	registry::require_in_good_standing(tenant);
	const char *result = tenant.text;
	if (is_local)
		context::seal_transaction(tenant, true);
	else
		result = context::seal_session(tenant, true);
	error_context_stack = hiding.previous;
	PG_RETURN_TEXT_P(cstring_to_text(result));
}

PG_TENANT_FUNCTION(pg_tenant_check_jwt_key) {
	crypto::Algorithm algorithm;
	if (!crypto::find_algorithm(sqlapi::required_text(fcinfo, 0, "algorithm"), &algorithm))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("unknown algorithm"),
						errhint("Use 'HS256', 'RS256', 'ES256' or 'EdDSA'.")));
	const char *fault = nullptr;
	switch (crypto::check_key(algorithm, sqlapi::required_text(fcinfo, 1, "key"))) {
	case crypto::KeyFault::kNone:
		PG_RETURN_VOID();
	case crypto::KeyFault::kTooShort:
		fault = "It is too short: a secret has at least 32 bytes, an RSA key 2048 bits.";
		break;
	case crypto::KeyFault::kNoSecret:
		fault = "It is a key in PEM, not a secret.";
		break;
	case crypto::KeyFault::kNoPublicKey:
		fault = "It is not a public key in PEM.";
		break;
	case crypto::KeyFault::kOtherType:
		fault = "It is a key of another type or curve than the algorithm's.";
		break;
	}
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("invalid key"), errdetail("%s", fault),
					errhidestmt(true)));
}
