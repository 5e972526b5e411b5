// Labels of domain names that are not ASCII, as the domain name system has them (RFC 3492). Pure C++; nothing
// raises or allocates. Neither writes the prefix "xn--".
#pragma once

#include <cstddef>
#include <string_view>

namespace pg_tenant::core {

inline constexpr std::size_t kNoPunycode = static_cast<std::size_t>(-1);

// How many characters were written, kNoPunycode if there is no room for them.
std::size_t encode_punycode(std::u32string_view label, char *output, std::size_t capacity) noexcept;

// How many code points were written, kNoPunycode if it is no punycode or there is no room for them.
std::size_t decode_punycode(std::string_view text, char32_t *output, std::size_t capacity) noexcept;

} // namespace pg_tenant::core
