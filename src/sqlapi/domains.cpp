// tenant.canonical_domain
#include "pg/error.hpp"

#include "core/case_folding.hpp"
#include "core/domain.hpp"
#include "sqlapi/arguments.hpp"

extern "C" {
#include "common/unicode_norm.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
}

using pg_tenant::core::DomainFault;
namespace core = pg_tenant::core;
namespace sqlapi = pg_tenant::sqlapi;

namespace {

// More than any domain has, in any spelling.
constexpr int kMaxBytes = 1024;
constexpr char32_t kIdeographicStop = 0x3002;

[[noreturn]] void refuse(DomainFault fault) {
	const char *why = "It has a character that no domain has.";
	if (fault == DomainFault::kEmptyLabel)
		why = "It has a label of no characters.";
	else if (fault == DomainFault::kTooLong)
		why = "A domain has at most 253 characters, each of its labels 63.";
	else if (fault == DomainFault::kHyphen)
		why = "A label of it begins or ends with a hyphen.";
	else if (fault == DomainFault::kPunycode)
		why = "A label of it begins with \"xn--\" and is no punycode.";
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("invalid domain"), errdetail("%s", why)));
}

std::u32string_view view(const pg_wchar *codes) {
	static_assert(sizeof(pg_wchar) == sizeof(char32_t));
	std::size_t length = 0;
	while (codes[length] != 0)
		length++;
	return {reinterpret_cast<const char32_t *>(codes), length};
}

// What UTS #46 makes of letters, digits and marks: no case, no compatibility forms, dots of all scripts.
std::u32string_view map(const pg_wchar *codes) {
	pg_wchar *mapped = unicode_normalize(UNICODE_NFKC, codes);
	for (pg_wchar *code = mapped; *code != 0; code++)
		*code = *code == kIdeographicStop ? U'.' : core::fold_case(*code);
	return view(unicode_normalize(UNICODE_NFKC, mapped));
}

bool is_mapped(std::u32string_view label) {
	auto *codes = static_cast<pg_wchar *>(palloc0((label.size() + 1) * sizeof(pg_wchar)));
	for (std::size_t i = 0; i < label.size(); i++)
		codes[i] = label[i];
	return map(codes) == label;
}

} // namespace

PG_TENANT_FUNCTION(pg_tenant_canonical_domain) {
	const char *given = sqlapi::required_text(fcinfo, 0, "domain");
	const bool may_have_star = !PG_ARGISNULL(1) && PG_GETARG_BOOL(1);
	const char *utf8 = pg_server_to_any(given, static_cast<int>(strlen(given)), PG_UTF8);
	const int length = static_cast<int>(strlen(utf8));
	if (length > kMaxBytes)
		refuse(DomainFault::kTooLong);
	auto *codes = static_cast<pg_wchar *>(palloc((length + 1) * sizeof(pg_wchar)));
	(void)pg_encoding_mb2wchar_with_len(PG_UTF8, utf8, codes, length);
	core::Domain domain;
	const DomainFault fault = core::parse_domain(map(codes), may_have_star, is_mapped, &domain);
	if (fault != DomainFault::kNone)
		refuse(fault);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(domain.text, static_cast<int>(domain.length)));
}
