#include "core/domain.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>

#include "core/punycode.hpp"

namespace pg_tenant::core {
namespace {

constexpr std::string_view kPrefix = "xn--";

struct Range {
	char32_t first;
	char32_t last;
};

// Of what is not ASCII: controls, spaces, marks that are not seen or turn the direction of text, variation
// selectors, surrogates, private use, specials, tags; and U+0130, whose lower case is two letters.
constexpr Range kBanned[] = {
	{0x80, 0xa0},     {0xad, 0xad},       {0x130, 0x130},     {0x34f, 0x34f},      {0x61c, 0x61c},
	{0x115f, 0x1160}, {0x1680, 0x1680},   {0x17b4, 0x17b5},   {0x180b, 0x180f},    {0x2000, 0x200f},
	{0x2028, 0x202f}, {0x205f, 0x206f},   {0x2ff0, 0x2ffb},   {0x3000, 0x3000},    {0x3164, 0x3164},
	{0xd800, 0xf8ff}, {0xfdd0, 0xfdef},   {0xfe00, 0xfe0f},   {0xfeff, 0xfeff},    {0xffa0, 0xffa0},
	{0xfff0, 0xffff}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0x10ffff},
};

bool is_letter_or_digit(char32_t code) noexcept {
	return (code >= U'a' && code <= U'z') || (code >= U'0' && code <= U'9');
}

bool is_plain(std::u32string_view label) noexcept {
	return std::all_of(label.begin(), label.end(), [](char32_t code) { return code < 0x80; });
}

DomainFault check_characters(std::u32string_view label) noexcept {
	for (const char32_t code : label) {
		if (code < 0x80 ? !is_letter_or_digit(code) && code != U'-' : is_banned(code))
			return DomainFault::kCharacter;
	}
	return label.front() == U'-' || label.back() == U'-' ? DomainFault::kHyphen : DomainFault::kNone;
}

bool has_prefix(std::u32string_view label) noexcept {
	return label.size() > kPrefix.size() && std::equal(kPrefix.begin(), kPrefix.end(), label.begin());
}

// A label that came as punycode is one of a label that needs it, in the one spelling that it has.
bool is_own_punycode(std::u32string_view label, IsMapped is_mapped) noexcept {
	char text[kMaxLabel];
	std::size_t length = 0;
	for (const char32_t code : label.substr(kPrefix.size()))
		text[length++] = static_cast<char>(code);
	char32_t codes[kMaxLabel];
	const std::size_t count = decode_punycode(std::string_view(text, length), codes, kMaxLabel);
	if (count == kNoPunycode)
		return false;
	const std::u32string_view decoded(codes, count);
	if (is_plain(decoded) || has_prefix(decoded) || check_characters(decoded) != DomainFault::kNone ||
		!is_mapped(decoded))
		return false;
	char again[kMaxLabel];
	const std::size_t size = encode_punycode(decoded, again, kMaxLabel);
	return size == length && std::memcmp(text, again, size) == 0;
}

bool add(Domain *domain, std::string_view text) noexcept {
	if (text.size() > kMaxDomain - domain->length)
		return false;
	std::copy(text.begin(), text.end(), domain->text + domain->length);
	domain->length += text.size();
	return true;
}

DomainFault add_label(std::u32string_view label, IsMapped is_mapped, Domain *domain) noexcept {
	if (label.empty())
		return DomainFault::kEmptyLabel;
	const DomainFault fault = check_characters(label);
	if (fault != DomainFault::kNone)
		return fault;
	if (label.size() > kMaxLabel)
		return DomainFault::kTooLong;
	if (has_prefix(label) && (!is_plain(label) || !is_own_punycode(label, is_mapped)))
		return DomainFault::kPunycode;
	char text[kMaxLabel];
	std::size_t length = 0;
	if (is_plain(label)) {
		for (const char32_t code : label)
			text[length++] = static_cast<char>(code);
	} else {
		length = kPrefix.copy(text, kPrefix.size());
		const std::size_t size = encode_punycode(label, text + length, kMaxLabel - length);
		if (size == kNoPunycode)
			return DomainFault::kTooLong;
		length += size;
	}
	return add(domain, std::string_view(text, length)) ? DomainFault::kNone : DomainFault::kTooLong;
}

} // namespace

bool is_banned(char32_t code) noexcept {
	// The last two of each plane are no characters.
	if ((code & 0xfffe) == 0xfffe)
		return true;
	const Range *found =
		std::lower_bound(std::begin(kBanned), std::end(kBanned), code,
						 [](const Range &range, char32_t sought) { return range.last < sought; });
	return found != std::end(kBanned) && code >= found->first;
}

DomainFault parse_domain(std::u32string_view codes, bool may_have_star, IsMapped is_mapped,
						 Domain *domain) noexcept {
	*domain = {};
	if (!codes.empty() && codes.back() == U'.')
		codes.remove_suffix(1);
	if (may_have_star && codes.size() > 2 && codes[0] == U'*' && codes[1] == U'.') {
		(void)add(domain, "*.");
		codes.remove_prefix(2);
	}
	for (;;) {
		const std::size_t dot = codes.find(U'.');
		const DomainFault fault = add_label(codes.substr(0, dot), is_mapped, domain);
		if (fault != DomainFault::kNone || dot == std::u32string_view::npos)
			return fault;
		if (!add(domain, "."))
			return DomainFault::kTooLong;
		codes.remove_prefix(dot + 1);
	}
}

} // namespace pg_tenant::core
