#include "crypto/signature.hpp"

#include <cstring>
#include <memory>

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>

namespace pg_tenant::crypto {
namespace {

constexpr std::size_t kMinSecretBytes = 32;
constexpr int kMinRsaBits = 2048;
constexpr std::size_t kSha256Bytes = 32;
constexpr std::size_t kEs256Bytes = 64;

template <auto Free> struct Freer {
	template <typename T> void operator()(T *object) const { Free(object); }
};
using Key = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using Context = std::unique_ptr<EVP_MD_CTX, Freer<EVP_MD_CTX_free>>;
using Bio = std::unique_ptr<BIO, Freer<BIO_free_all>>;
using EcSignature = std::unique_ptr<ECDSA_SIG, Freer<ECDSA_SIG_free>>;

const unsigned char *bytes_of(std::string_view text) {
	return reinterpret_cast<const unsigned char *>(text.data());
}

// Without it, the server's terminal would be asked for the password of an encrypted file.
int no_password(char *, int, int, void *) { return -1; }

Key read_key(std::string_view pem) {
	const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
	return Key(bio == nullptr ? nullptr : PEM_read_bio_PUBKEY(bio.get(), nullptr, no_password, nullptr));
}

bool fits(Algorithm algorithm, const EVP_PKEY *key) {
	char curve[32];
	switch (algorithm) {
	case Algorithm::kRs256:
		return EVP_PKEY_is_a(key, "RSA") == 1;
	case Algorithm::kEs256:
		return EVP_PKEY_is_a(key, "EC") == 1 &&
			   EVP_PKEY_get_group_name(key, curve, sizeof(curve), nullptr) == 1 &&
			   strcmp(curve, "prime256v1") == 0;
	case Algorithm::kEdDsa:
		return EVP_PKEY_is_a(key, "ED25519") == 1;
	case Algorithm::kHs256:
		break;
	}
	return false;
}

KeyFault check_public_key(Algorithm algorithm, const EVP_PKEY *key) {
	if (key == nullptr)
		return KeyFault::kNoPublicKey;
	if (!fits(algorithm, key))
		return KeyFault::kOtherType;
	return algorithm == Algorithm::kRs256 && EVP_PKEY_get_bits(key) < kMinRsaBits ? KeyFault::kTooShort
																				  : KeyFault::kNone;
}

bool verify_hmac(std::string_view key, std::string_view signed_text, std::string_view signature) {
	unsigned char expected[EVP_MAX_MD_SIZE];
	unsigned int length = 0;
	if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_of(signed_text),
			 signed_text.size(), expected, &length) == nullptr)
		return false;
	const bool is_equal = length == kSha256Bytes && signature.size() == kSha256Bytes &&
						  CRYPTO_memcmp(expected, signature.data(), kSha256Bytes) == 0;
	OPENSSL_cleanse(expected, sizeof(expected));
	return is_equal;
}

bool verify_by_key(EVP_PKEY *key, const EVP_MD *digest, std::string_view signed_text,
				   const unsigned char *signature, std::size_t length) {
	const Context context(EVP_MD_CTX_new());
	return context != nullptr && EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key) == 1 &&
		   EVP_DigestVerify(context.get(), signature, length, bytes_of(signed_text), signed_text.size()) == 1;
}

// A token has the two numbers side by side; OpenSSL wants them in DER.
bool verify_ecdsa(EVP_PKEY *key, std::string_view signed_text, std::string_view signature) {
	if (signature.size() != kEs256Bytes)
		return false;
	const EcSignature pair(ECDSA_SIG_new());
	BIGNUM *r = BN_bin2bn(bytes_of(signature), kEs256Bytes / 2, nullptr);
	BIGNUM *s = BN_bin2bn(bytes_of(signature) + kEs256Bytes / 2, kEs256Bytes / 2, nullptr);
	if (pair == nullptr || r == nullptr || s == nullptr || ECDSA_SIG_set0(pair.get(), r, s) != 1) {
		BN_free(r);
		BN_free(s);
		return false;
	}
	unsigned char *der = nullptr;
	const int length = i2d_ECDSA_SIG(pair.get(), &der);
	const bool is_valid =
		length > 0 && verify_by_key(key, EVP_sha256(), signed_text, der, static_cast<std::size_t>(length));
	OPENSSL_free(der);
	return is_valid;
}

bool verify_public(Algorithm algorithm, std::string_view pem, std::string_view signed_text,
				   std::string_view signature) {
	const Key key = read_key(pem);
	if (check_public_key(algorithm, key.get()) != KeyFault::kNone)
		return false;
	if (algorithm == Algorithm::kEs256)
		return verify_ecdsa(key.get(), signed_text, signature);
	const EVP_MD *digest = algorithm == Algorithm::kRs256 ? EVP_sha256() : nullptr;
	return verify_by_key(key.get(), digest, signed_text, bytes_of(signature), signature.size());
}

} // namespace

bool find_algorithm(std::string_view name, Algorithm *algorithm) noexcept {
	if (name == "HS256")
		*algorithm = Algorithm::kHs256;
	else if (name == "RS256")
		*algorithm = Algorithm::kRs256;
	else if (name == "ES256")
		*algorithm = Algorithm::kEs256;
	else if (name == "EdDSA")
		*algorithm = Algorithm::kEdDsa;
	else
		return false;
	return true;
}

KeyFault check_key(Algorithm algorithm, std::string_view key) noexcept {
	// What is public as the key of another algorithm lets everybody sign.
	if (algorithm == Algorithm::kHs256 && key.find("-----BEGIN") != std::string_view::npos)
		return KeyFault::kNoSecret;
	if (algorithm == Algorithm::kHs256)
		return key.size() < kMinSecretBytes ? KeyFault::kTooShort : KeyFault::kNone;
	const KeyFault fault = check_public_key(algorithm, read_key(key).get());
	// The server's TLS looks at the same queue of errors.
	ERR_clear_error();
	return fault;
}

bool verify(Algorithm algorithm, std::string_view key, std::string_view signed_text,
			std::string_view signature) noexcept {
	const bool is_valid = algorithm == Algorithm::kHs256
							  ? verify_hmac(key, signed_text, signature)
							  : verify_public(algorithm, key, signed_text, signature);
	ERR_clear_error();
	return is_valid;
}

} // namespace pg_tenant::crypto
