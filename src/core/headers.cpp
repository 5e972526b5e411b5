#include "core/headers.hpp"

#include <algorithm>

namespace pg_tenant::core {
namespace {

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

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

} // namespace pg_tenant::core
