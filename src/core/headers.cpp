#include "core/headers.hpp"

#include <algorithm>
#include <iterator>

namespace pg_tenant::core {
namespace {

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// White space of Unicode beyond ASCII, and its characters without a width.
constexpr std::string_view kSpaces[] = {"\u00a0", "\u1680", "\u180e", "\u2000", "\u2001", "\u2002",
										"\u2003", "\u2004", "\u2005", "\u2006", "\u2007", "\u2008",
										"\u2009", "\u200a", "\u200b", "\u200c", "\u200d", "\u2028",
										"\u2029", "\u202f", "\u205f", "\u2060", "\u3000", "\ufeff"};

} // namespace

Header header_of(std::string_view name) noexcept {
	for (std::size_t i = 0; i < kHeaderCount; i++) {
		const std::string_view known = kHeaderNames[i];
		if (std::equal(known.begin(), known.end(), name.begin(), name.end(),
					   [](char a, char b) { return lower(a) == lower(b); }))
			return static_cast<Header>(i);
	}
	return Header::kOther;
}

std::string_view trim_value(std::string_view value) noexcept {
	const std::size_t first = value.find_first_not_of(" \t");
	if (first == std::string_view::npos)
		return {};
	return value.substr(first, value.find_last_not_of(" \t") - first + 1);
}

bool has_outer_space(std::string_view value) noexcept {
	return std::any_of(std::begin(kSpaces), std::end(kSpaces), [value](std::string_view space) {
		return value.size() >= space.size() &&
			   (value.substr(0, space.size()) == space || value.substr(value.size() - space.size()) == space);
	});
}

} // namespace pg_tenant::core
