// base64url: what is accepted is the only text of its bytes, and libcrypto agrees.
#include "core/base64url.hpp"
#include "require.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include <openssl/evp.h>

namespace core = pg_tenant::core;

namespace {

std::string encode(const std::string &bytes) {
	std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
	const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char *>(text.data()),
									   reinterpret_cast<const unsigned char *>(bytes.data()),
									   static_cast<int>(bytes.size()));
	text.resize(static_cast<std::size_t>(length));
	text.erase(std::find(text.begin(), text.end(), '='), text.end());
	std::replace(text.begin(), text.end(), '+', '-');
	std::replace(text.begin(), text.end(), '/', '_');
	return text;
}

// By libcrypto, which is lenient: its result counts only if it gives the same text.
std::optional<std::string> expected_bytes(std::string_view text) {
	std::string padded(text);
	std::replace(padded.begin(), padded.end(), '-', '+');
	std::replace(padded.begin(), padded.end(), '_', '/');
	const std::size_t padding = (4 - padded.size() % 4) % 4;
	padded.append(padding, '=');
	std::string bytes(padded.size() / 4 * 3 + 1, '\0');
	const int length = EVP_DecodeBlock(reinterpret_cast<unsigned char *>(bytes.data()),
									   reinterpret_cast<const unsigned char *>(padded.data()),
									   static_cast<int>(padded.size()));
	if (length < 0 || static_cast<std::size_t>(length) < padding)
		return std::nullopt;
	bytes.resize(static_cast<std::size_t>(length) - padding);
	return encode(bytes) == text ? std::optional(bytes) : std::nullopt;
}

std::optional<std::string> decode(std::string_view text) {
	std::vector<unsigned char> bytes(core::decoded_size(text.size()));
	std::size_t length = 0;
	const bool is_accepted = core::decode_base64url(text, bytes.data(), &length);
	require(length <= bytes.size(), "the result has room");
	return is_accepted ? std::optional(std::string(bytes.begin(), bytes.begin() + static_cast<long>(length)))
					   : std::nullopt;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
	const std::vector<char> bytes(data, data + size);
	const std::string_view text = view_of(bytes);
	require(decode(text) == expected_bytes(text), "libcrypto reads the same, or refuses as well");
	require(decode(encode(std::string(text))) == text, "what is encoded comes back");
	return 0;
}
