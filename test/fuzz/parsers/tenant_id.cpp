// Tenant ids: the canonical spelling is a fixed point, every other spelling leads to it, and uuids, numbers
// and faults are those of a second opinion.
#include "core/tenant_id.hpp"
#include "require.hpp"

#include <cctype>
#include <cerrno>
#include <cstring>
#include <fuzzer/FuzzedDataProvider.h>
#include <optional>
#include <string>

namespace core = pg_tenant::core;
using core::IdFault;
using core::TenantId;

namespace {

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

// The code points of a text in UTF-8, as long as it needs them to be well-formed.
std::optional<std::u32string> decode_utf8(std::string_view text) {
	std::u32string points;
	for (std::size_t i = 0; i < text.size();) {
		const auto lead = static_cast<unsigned char>(text[i]);
		const std::size_t length = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
		if (length == 0 || lead > 0xf4 || i + length > text.size())
			return std::nullopt;
		char32_t point = length == 1 ? lead : lead & (0x7fU >> length);
		for (std::size_t k = 1; k < length; k++) {
			if (!is_continuation(text[i + k]))
				return std::nullopt;
			point = point << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3fU);
		}
		points.push_back(point);
		i += length;
	}
	return points;
}

std::u32string single_bytes(std::string_view text) {
	std::u32string points;
	for (const char c : text)
		points.push_back(static_cast<unsigned char>(c));
	return points;
}

bool is_control(char32_t point, bool is_utf8) {
	return point < 0x20 || point == 0x7f || (is_utf8 && point >= 0x80 && point < 0xa0);
}

IdFault expected_fault(const std::u32string &points, std::size_t max_characters, bool is_utf8) {
	if (points.size() > max_characters)
		return IdFault::kTooLong;
	for (const char32_t point : points) {
		if (is_control(point, is_utf8))
			return IdFault::kControlCharacter;
	}
	const bool has_outer_space = !points.empty() && (points.front() == U' ' || points.back() == U' ');
	return has_outer_space ? IdFault::kOuterSpace : IdFault::kNone;
}

// The 32 digits in lower case, if uuid_in takes the text: braces, and a hyphen after any group of four.
std::optional<std::string> uuid_digits(std::string_view text) {
	if (text.size() >= 2 && text.front() == '{' && text.back() == '}')
		text = text.substr(1, text.size() - 2);
	std::string digits;
	bool after_hyphen = true;
	for (const char c : text) {
		if (c == '-') {
			if (after_hyphen || digits.size() % 4 != 0 || digits.size() == 32)
				return std::nullopt;
		} else if (std::isxdigit(static_cast<unsigned char>(c)) != 0) {
			digits.push_back(static_cast<char>(std::tolower(c)));
		} else {
			return std::nullopt;
		}
		after_hyphen = c == '-';
	}
	return digits.size() == 32 ? std::optional(digits) : std::nullopt;
}

void check_uuid(const TenantId &id, const std::string &digits) {
	std::string canonical = digits;
	for (const std::size_t at : {8, 13, 18, 23})
		canonical.insert(at, "-");
	require(id.is_uuid && !id.is_number && !id.is_odd_number, "a uuid is a uuid and no number");
	require(canonical == id.text, "the canonical spelling of a uuid");
	for (std::size_t i = 0; i < sizeof(id.uuid); i++)
		require(id.uuid[i] == std::stoi(digits.substr(i * 2, 2), nullptr, 16), "the bytes of a uuid");
	std::string other = "{";
	for (std::size_t i = 0; i < digits.size(); i++) {
		if (i % 4 == 0 && i > 0)
			other.push_back('-');
		other.push_back(static_cast<char>(std::toupper(digits[i])));
	}
	other.push_back('}');
	TenantId again;
	require(core::parse_tenant_id(other, other.size(), true, &again) == IdFault::kNone && again == id,
			"another spelling of a uuid is the same tenant");
}

void check_text(const TenantId &id, std::string_view text) {
	require(!id.is_uuid && text == std::string_view(id.text, id.length), "what is no uuid stays as it is");
	const std::string digits(text.substr(text.front() == '-' || text.front() == '+' ? 1 : 0));
	const bool is_integer = !digits.empty() && digits.find_first_not_of("0123456789") == std::string::npos;
	errno = 0;
	const long long number = is_integer ? std::strtoll(id.text, nullptr, 10) : 0;
	const bool is_number = is_integer && errno == 0 && std::to_string(number) == text;
	require(id.is_number == is_number, "a number is what prints as the text");
	require(id.is_odd_number == (is_integer && !is_number), "other spellings of integers are odd");
	require(!is_number || id.number == number, "the value of a number");
}

void check_fixed_point(const TenantId &id, bool is_utf8) {
	const std::string_view text(id.text, id.length);
	require(id.length <= core::kMaxIdBytes && std::strlen(id.text) == id.length, "an id is a C string");
	// Fewer characters than bytes are what any encoding has at least.
	TenantId again;
	require(core::parse_tenant_id(text, (text.size() + 3) / 4, is_utf8, &again) == IdFault::kNone,
			"the canonical spelling is accepted");
	require(again == id && again.hash == id.hash && again.is_uuid == id.is_uuid &&
				again.is_number == id.is_number && again.is_odd_number == id.is_odd_number &&
				again.number == id.number && std::memcmp(again.uuid, id.uuid, sizeof(id.uuid)) == 0,
			"the canonical spelling is a fixed point");
}

void check_id(std::string_view text, std::size_t characters, bool is_utf8,
			  const std::optional<std::u32string> &points) {
	TenantId untouched;
	std::memset(&untouched, 0x5a, sizeof(untouched));
	TenantId id;
	std::memcpy(&id, &untouched, sizeof(id));
	const IdFault fault = core::parse_tenant_id(text, characters, is_utf8, &id);
	if (text.empty())
		require(fault == IdFault::kEmpty, "an empty id is empty");
	else if (points)
		require(fault == expected_fault(*points, core::kMaxIdCharacters, is_utf8), "the fault of an id");
	if (fault != IdFault::kNone) {
		require(std::memcmp(&id, &untouched, sizeof(id)) == 0, "a refused id is not written");
		return;
	}
	if (const auto digits = uuid_digits(text))
		check_uuid(id, *digits);
	else
		check_text(id, text);
	check_fixed_point(id, is_utf8);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
	FuzzedDataProvider input(data, size);
	const bool is_utf8 = input.ConsumeBool();
	const auto max_characters = input.ConsumeIntegralInRange<std::size_t>(0, 256);
	const auto bytes = input.ConsumeRemainingBytes<char>();
	const std::string_view text = view_of(bytes);
	// What the server hands over is well-formed; what is not must still do no harm.
	const auto points = is_utf8 ? decode_utf8(text) : std::optional(single_bytes(text));
	const std::size_t characters = points ? points->size() : text.size();
	check_id(text, characters, is_utf8, points);
	const IdFault fault = core::check_label(text, characters, max_characters, is_utf8);
	if (points)
		require(fault == expected_fault(*points, max_characters, is_utf8), "the fault of a label");
	return 0;
}
