// What a tenant id is: its rules, its canonical spelling, and what it is worth as uuid or number.
// Pure C++; nothing here allocates, raises or throws.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace pg_tenant::core {

inline constexpr std::size_t kMaxIdCharacters = 128;
// No server encoding needs more than four bytes for a character.
inline constexpr std::size_t kMaxIdBytes = kMaxIdCharacters * 4;

enum class IdFault { kNone, kEmpty, kTooLong, kControlCharacter, kOuterSpace };

// A tenant id in its canonical spelling. Trivially copyable: it lives in memory of the server's.
struct TenantId {
	std::uint32_t length;
	std::uint32_t hash; // of the text; the same on every machine, since it names the invalidation bucket
	bool is_uuid;       // then uuid holds it
	bool is_number;     // the canonical spelling of a 64-bit integer; then number holds it
	bool is_odd_number; // an integer in any other spelling: '007', '+7', '-0', too large
	std::uint8_t uuid[16];
	std::int64_t number;
	char text[kMaxIdBytes + 1]; // NUL-terminated
};
static_assert(std::is_trivially_copyable_v<TenantId> && std::is_trivially_destructible_v<TenantId>);

// Reads an id of `characters` characters; *id is only written when the result is kNone.
IdFault parse_tenant_id(std::string_view bytes, std::size_t characters, bool is_utf8, TenantId *id) noexcept;

// For names and request ids, which may be empty: what may be shown, logged and sent in a header.
IdFault check_label(std::string_view bytes, std::size_t characters, std::size_t max_characters,
					bool is_utf8) noexcept;

inline bool operator==(const TenantId &a, const TenantId &b) noexcept {
	return a.hash == b.hash && std::string_view(a.text, a.length) == std::string_view(b.text, b.length);
}

} // namespace pg_tenant::core
