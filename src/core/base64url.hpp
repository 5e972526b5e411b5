// base64url without padding (RFC 4648, 5; RFC 7515, 2), strictly: each text that is accepted is the only one
// for its bytes. Pure C++; nothing here allocates, raises or throws.
#pragma once

#include <cstddef>
#include <string_view>

namespace pg_tenant::core {

// How many bytes a text of this length gives at most.
constexpr std::size_t decoded_size(std::size_t length) noexcept { return length / 4 * 3 + 2; }

// Writes the bytes, of which there may be decoded_size(), and their number; false if the text is no
// base64url.
bool decode_base64url(std::string_view text, unsigned char *bytes, std::size_t *length) noexcept;

} // namespace pg_tenant::core
