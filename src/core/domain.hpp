// What a domain is: its rules, and the one spelling that is stored and compared: lower case, labels that are
// not ASCII as punycode (ToASCII of IDNA). Pure C++; nothing raises or allocates.
#pragma once

#include <cstddef>
#include <string_view>

namespace pg_tenant::core {

inline constexpr std::size_t kMaxDomain = 253;
inline constexpr std::size_t kMaxLabel = 63;

enum class DomainFault { kNone, kEmptyLabel, kTooLong, kCharacter, kHyphen, kPunycode };

struct Domain {
	std::size_t length;
	char text[kMaxDomain + 1]; // NUL-terminated
};

// Whether mapping (case and compatibility forms) leaves a label as it is: the server's to know.
using IsMapped = bool (*)(std::u32string_view label);

// Whether a code point may not be in a domain: white space, controls, what nobody sees, what is nothing.
bool is_banned(char32_t code) noexcept;

// Reads a domain that has been mapped. It may end with a dot. With `may_have_star` its first label may be
// "*", if another one follows. *domain is only valid when the result is kNone.
DomainFault parse_domain(std::u32string_view codes, bool may_have_star, IsMapped is_mapped,
						 Domain *domain) noexcept;

} // namespace pg_tenant::core
