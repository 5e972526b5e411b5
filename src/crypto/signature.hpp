// The signatures of JSON Web Signature: HS256, RS256, ES256, EdDSA with Ed25519. Nothing here raises or
// throws.
#pragma once

#include <string_view>

namespace pg_tenant::crypto {

enum class Algorithm { kHs256, kRs256, kEs256, kEdDsa };

// False if the name is none of "HS256", "RS256", "ES256", "EdDSA".
bool find_algorithm(std::string_view name, Algorithm *algorithm) noexcept;

enum class KeyFault { kNone, kTooShort, kNoSecret, kNoPublicKey, kOtherType };

// Whether the algorithm can use the key: a secret of 32 bytes for HS256, which is no key in PEM, else a
// public key in PEM, for RS256 of 2048 bits.
KeyFault check_key(Algorithm algorithm, std::string_view key) noexcept;

bool verify(Algorithm algorithm, std::string_view key, std::string_view signed_text,
			std::string_view signature) noexcept;

} // namespace pg_tenant::crypto
