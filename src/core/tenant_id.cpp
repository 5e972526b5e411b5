#include "core/tenant_id.hpp"

#include <charconv>
#include <cstring>

namespace pg_tenant::core {
namespace {

constexpr std::size_t kUuidBytes = 16;

bool has_control_character(std::string_view bytes, bool is_utf8) noexcept {
	for (std::size_t i = 0; i < bytes.size(); i++) {
		const auto byte = static_cast<unsigned char>(bytes[i]);
		if (byte < 0x20 || byte == 0x7f)
			return true;
		// U+0080 to U+009F are control characters too.
		if (is_utf8 && byte == 0xc2 && i + 1 < bytes.size() &&
			static_cast<unsigned char>(bytes[i + 1]) < 0xa0)
			return true;
	}
	return false;
}

int hex_digit(char c) noexcept {
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

// Every spelling that PostgreSQL's uuid_in accepts: braces, upper case, a hyphen after any group of four
// digits.
bool parse_uuid(std::string_view text, std::uint8_t *uuid) noexcept {
	const bool braces = text.size() > 1 && text.front() == '{' && text.back() == '}';
	if (braces)
		text = text.substr(1, text.size() - 2);
	std::size_t at = 0;
	for (std::size_t i = 0; i < kUuidBytes; i++) {
		if (at + 2 > text.size())
			return false;
		const int high = hex_digit(text[at]);
		const int low = hex_digit(text[at + 1]);
		if (high < 0 || low < 0)
			return false;
		uuid[i] = static_cast<std::uint8_t>(high * 16 + low);
		at += 2;
		if (i % 2 == 1 && i + 1 < kUuidBytes && at < text.size() && text[at] == '-')
			at++;
	}
	return at == text.size();
}

std::size_t print_uuid(const std::uint8_t *uuid, char *text) noexcept {
	constexpr char kDigits[] = "0123456789abcdef";
	std::size_t at = 0;
	for (std::size_t i = 0; i < kUuidBytes; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			text[at++] = '-';
		text[at++] = kDigits[uuid[i] >> 4];
		text[at++] = kDigits[uuid[i] & 15];
	}
	return at;
}

void read_number(TenantId *id) noexcept {
	std::string_view digits(id->text, id->length);
	const bool is_signed = digits.front() == '-' || digits.front() == '+';
	if (is_signed)
		digits.remove_prefix(1);
	if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos)
		return;
	const bool is_canonical =
		id->text[0] != '+' && (digits.front() != '0' || (digits.size() == 1 && !is_signed));
	const char *end = id->text + id->length;
	id->is_number = is_canonical && std::from_chars(id->text, end, id->number).ec == std::errc();
	id->is_odd_number = !id->is_number;
}

// FNV-1a: short, and the same for every server that shares a replicated registry.
std::uint32_t hash_text(std::string_view text) noexcept {
	std::uint32_t hash = 2166136261U;
	for (const char c : text)
		hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
	return hash;
}

} // namespace

IdFault check_label(std::string_view bytes, std::size_t characters, std::size_t max_characters,
					bool is_utf8) noexcept {
	if (characters > max_characters || bytes.size() > max_characters * 4)
		return IdFault::kTooLong;
	if (has_control_character(bytes, is_utf8))
		return IdFault::kControlCharacter;
	const bool has_outer_space = !bytes.empty() && (bytes.front() == ' ' || bytes.back() == ' ');
	return has_outer_space ? IdFault::kOuterSpace : IdFault::kNone;
}

IdFault parse_tenant_id(std::string_view bytes, std::size_t characters, bool is_utf8, TenantId *id) noexcept {
	if (bytes.empty())
		return IdFault::kEmpty;
	const IdFault fault = check_label(bytes, characters, kMaxIdCharacters, is_utf8);
	if (fault != IdFault::kNone)
		return fault;

	*id = TenantId{};
	id->is_uuid = parse_uuid(bytes, id->uuid);
	if (id->is_uuid) {
		id->length = static_cast<std::uint32_t>(print_uuid(id->uuid, id->text));
	} else {
		id->length = static_cast<std::uint32_t>(bytes.size());
		std::memcpy(id->text, bytes.data(), bytes.size());
		read_number(id);
	}
	id->hash = hash_text(std::string_view(id->text, id->length));
	return IdFault::kNone;
}

} // namespace pg_tenant::core
