// tenant.set_from_headers, tenant.context_headers
#include "pg/error.hpp"

#include "context/seal.hpp"
#include "context/settings.hpp"
#include "registry/require.hpp"
#include "sqlapi/arguments.hpp"

extern "C" {
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
}

using pg_tenant::core::Header;
using pg_tenant::core::kHeaderCount;
using pg_tenant::core::TenantId;
namespace context = pg_tenant::context;
namespace core = pg_tenant::core;
namespace sqlapi = pg_tenant::sqlapi;

namespace {

// What a request's headers say: C strings by header, NULL where absent or empty.
struct Identity {
	const char *values[kHeaderCount];
	const char *&operator[](Header header) { return values[static_cast<std::size_t>(header)]; }
};

[[noreturn]] void refuse_header(std::string_view name, const char *detail) {
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("invalid header \"%.*s\"", static_cast<int>(name.size()), name.data()),
					errdetail("%s", detail)));
}

// Of a header that is given several times, all that is not empty must be the same.
void note_value(std::string_view name, const JsonbValue *value, Identity *identity) {
	if (value->type != jbvString)
		refuse_header(name, "Its value must be a string, or an array of strings.");
	const std::string_view trimmed =
		core::trim_value({value->val.string.val, static_cast<std::size_t>(value->val.string.len)});
	if (trimmed.empty())
		return;
	if (GetDatabaseEncoding() == PG_UTF8 && core::has_outer_space(trimmed))
		refuse_header(name, "It begins or ends with white space that is neither a blank nor a tabulator.");
	const char *text = pnstrdup(trimmed.data(), trimmed.size());
	const char *&slot = (*identity)[core::header_of(name)];
	if (slot != nullptr && strcmp(slot, text) != 0)
		refuse_header(name, "It is given more than once, with different values.");
	slot = text;
}

// Some servers give arrays, since a header may be there several times.
void read_header(std::string_view name, const JsonbValue *value, Identity *identity) {
	if (core::header_of(name) == Header::kOther || value->type == jbvNull)
		return;
	JsonbContainer *items = value->type == jbvBinary ? value->val.binary.data : nullptr;
	const bool is_list = items != nullptr && JsonContainerIsArray(items) && JsonContainerSize(items) > 0;
	if (!is_list)
		note_value(name, value, identity);
	for (uint32 i = 0; is_list && i < JsonContainerSize(items); i++)
		note_value(name, getIthJsonbValueFromContainer(items, i), identity);
}

Identity read_headers(Jsonb *headers) {
	if (!JB_ROOT_IS_OBJECT(headers))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("headers must be a JSON object")));
	Identity identity = {};
	JsonbIterator *iterator = JsonbIteratorInit(&headers->root);
	JsonbValue item;
	std::string_view name;
	JsonbIteratorToken token;
	while ((token = JsonbIteratorNext(&iterator, &item, true)) != WJB_DONE) {
		if (token == WJB_KEY)
			name = {item.val.string.val, static_cast<std::size_t>(item.val.string.len)};
		else if (token == WJB_VALUE)
			read_header(name, &item, &identity);
	}
	return identity;
}

void require_headers(const char *require, Identity *identity) {
	const bool needs_id = strcmp(require, "tenant_id") == 0 || strcmp(require, "tenant") == 0;
	const bool needs_name = strcmp(require, "tenant") == 0;
	if (!needs_id && strcmp(require, "none") != 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("invalid value for require: \"%s\"", require),
						errhint("Use 'none', 'tenant_id' or 'tenant'.")));
	const bool lacks_id = needs_id && (*identity)[Header::kTenantId] == nullptr;
	if (lacks_id || (needs_name && (*identity)[Header::kTenantName] == nullptr))
		ereport(ERROR,
				(errcode(ERRCODE_TENANT_REQUIRED),
				 errmsg("header \"%s\" is missing or empty", lacks_id ? "X-Tenant-ID" : "X-Tenant-Name")));
}

} // namespace

PG_TENANT_FUNCTION(pg_tenant_set_from_headers) {
	if (PG_ARGISNULL(0))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("headers must not be null")));
	Identity identity = read_headers(PG_GETARG_JSONB_P(0));
	require_headers(sqlapi::required_text(fcinfo, 1, "require"), &identity);
	const bool is_local = PG_ARGISNULL(2) || PG_GETARG_BOOL(2);
	const char *tenant = identity[Header::kTenantId];
	TenantId id;
	if (tenant != nullptr)
		context::read_tenant_id(tenant, "header \"X-Tenant-ID\"", &id);
	// The tenant first: name and platform bind to it. What the headers leave out is emptied, so that nothing
	// of the request before remains.
	context::assign_setting(Header::kTenantId, tenant == nullptr ? "" : id.text, is_local);
	for (std::size_t i = 0; i < kHeaderCount; i++) {
		const auto header = static_cast<Header>(i);
		if (header != Header::kTenantId)
			context::assign_setting(header, identity[header] == nullptr ? "" : identity[header], is_local);
	}
	if (tenant == nullptr) {
		context::require_within_seal(nullptr);
		PG_RETURN_NULL();
	}
	pg_tenant::registry::require_in_good_standing(id);
	PG_RETURN_TEXT_P(cstring_to_text(id.text));
}

PG_TENANT_FUNCTION(pg_tenant_context_headers) {
	JsonbParseState *state = nullptr;
	pushJsonbValue(&state, WJB_BEGIN_OBJECT, nullptr);
	for (std::size_t i = 0; i < kHeaderCount; i++) {
		const char *value = context::identity_value(static_cast<Header>(i));
		if (value == nullptr)
			continue;
		const std::string_view name = core::kHeaderNames[i];
		JsonbValue item;
		item.type = jbvString;
		item.val.string.val = const_cast<char *>(name.data());
		item.val.string.len = static_cast<int>(name.size());
		pushJsonbValue(&state, WJB_KEY, &item);
		item.val.string.val = pstrdup(value);
		item.val.string.len = static_cast<int>(strlen(value));
		pushJsonbValue(&state, WJB_VALUE, &item);
	}
	PG_RETURN_JSONB_P(JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, nullptr)));
}
