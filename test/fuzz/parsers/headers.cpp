// Headers: names without regard to case, values without the white space around them.
#include "core/headers.hpp"
#include "require.hpp"

#include <cstdint>
#include <string>

namespace core = pg_tenant::core;
using core::Header;

namespace {

constexpr std::string_view kSpace = " \t";

std::string upper(std::string_view text) {
	std::string result(text);
	for (char &c : result) {
		if (c >= 'a' && c <= 'z')
			c = static_cast<char>(c & ~0x20);
	}
	return result;
}

Header expected_header(std::string_view name) {
	for (std::size_t i = 0; i < core::kHeaderCount; i++) {
		if (upper(core::kHeaderNames[i]) == upper(name))
			return static_cast<Header>(i);
	}
	return Header::kOther;
}

// Each known name, its letters in the case that the bits of the input say.
void check_cases(std::string_view bits) {
	for (std::size_t i = 0; i < core::kHeaderCount && !bits.empty(); i++) {
		std::string name(core::kHeaderNames[i]);
		for (std::size_t k = 0; k < name.size(); k++) {
			const bool is_letter = (name[k] | 0x20) >= 'a' && (name[k] | 0x20) <= 'z';
			if (is_letter && (bits[k / 8 % bits.size()] >> k % 8 & 1) != 0)
				name[k] = static_cast<char>(name[k] ^ 0x20);
		}
		require(core::header_of(name) == static_cast<Header>(i), "a known name in any case");
		require(core::header_of(name + bits[0]) == Header::kOther, "a name with more is another");
		require(core::header_of(std::string_view(name).substr(1)) == Header::kOther, "and one with less");
	}
}

void check_value(std::string_view value) {
	const std::string_view trimmed = core::trim_value(value);
	require(core::trim_value(trimmed) == trimmed, "a trimmed value is a fixed point");
	require(core::trim_value("\t " + std::string(value) + " \t ") == trimmed, "more space changes nothing");
	if (trimmed.empty()) {
		require(value.find_first_not_of(kSpace) == std::string_view::npos, "only space becomes nothing");
		return;
	}
	require(trimmed.data() >= value.data() && trimmed.data() + trimmed.size() <= value.data() + value.size(),
			"a trimmed value is a part of the value");
	const auto before = static_cast<std::size_t>(trimmed.data() - value.data());
	const std::string left(std::string(value.substr(0, before)) +
						   std::string(value.substr(before + trimmed.size())));
	require(left.find_first_not_of(kSpace) == std::string::npos, "only space is left out");
	require(kSpace.find(trimmed.front()) == std::string_view::npos &&
				kSpace.find(trimmed.back()) == std::string_view::npos,
			"and all of it");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
	const std::vector<char> bytes(data, data + size);
	const std::string_view text = view_of(bytes);
	require(core::header_of(text) == expected_header(text), "the header of a name");
	check_cases(text);
	check_value(text);
	return 0;
}
