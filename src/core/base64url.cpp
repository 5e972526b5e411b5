#include "core/base64url.hpp"

#include <cstdint>

namespace pg_tenant::core {
namespace {

int value_of(char c) noexcept {
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '-')
		return 62;
	return c == '_' ? 63 : -1;
}

} // namespace

bool decode_base64url(std::string_view text, unsigned char *bytes, std::size_t *length) noexcept {
	std::uint32_t pending = 0;
	unsigned bits = 0;
	*length = 0;
	for (const char c : text) {
		const int value = value_of(c);
		if (value < 0)
			return false;
		pending = pending << 6 | static_cast<std::uint32_t>(value);
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			bytes[(*length)++] = static_cast<unsigned char>(pending >> bits);
			pending &= (1U << bits) - 1;
		}
	}
	// One character too many leaves six bits; others would be another text for the same bytes.
	return bits < 6 && pending == 0;
}

} // namespace pg_tenant::core
