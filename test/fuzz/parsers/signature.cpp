// Signatures: what was signed is accepted and nothing else, no bytes of a key do harm, and libcrypto's queue
// of errors, which the server shares, stays empty. The private keys are made anew in each process.
#include "crypto/signature.hpp"
#include "require.hpp"

#include <fuzzer/FuzzedDataProvider.h>
#include <memory>
#include <string>

#include <openssl/bio.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

namespace crypto = pg_tenant::crypto;
using crypto::Algorithm;
using crypto::KeyFault;

namespace {

constexpr Algorithm kAlgorithms[] = {Algorithm::kHs256, Algorithm::kRs256, Algorithm::kEs256,
									 Algorithm::kEdDsa};
constexpr std::string_view kNames[] = {"HS256", "RS256", "ES256", "EdDSA"};
constexpr int kAlgorithmCount = 4;
constexpr std::string_view kSecret = "a secret of at least 32 bytes, and some more";

std::string pem_of(EVP_PKEY *key) {
	const std::unique_ptr<BIO, decltype(&BIO_free_all)> bio(BIO_new(BIO_s_mem()), BIO_free_all);
	PEM_write_bio_PUBKEY(bio.get(), key);
	char *text = nullptr;
	const long length = BIO_get_mem_data(bio.get(), &text);
	return {text, static_cast<std::size_t>(length)};
}

struct KeyPair {
	explicit KeyPair(EVP_PKEY *key) : own(key, EVP_PKEY_free), pem(pem_of(key)) {}
	std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> own;
	std::string pem;
};

const KeyPair &key_pair(Algorithm algorithm) {
	static const KeyPair kRsa(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048}));
	static const KeyPair kEc(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
	static const KeyPair kEd(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
	return algorithm == Algorithm::kRs256 ? kRsa : algorithm == Algorithm::kEs256 ? kEc : kEd;
}

std::string hmac(std::string_view text) {
	unsigned char digest[EVP_MAX_MD_SIZE];
	std::size_t length = 0;
	require(EVP_Q_mac(nullptr, "HMAC", nullptr, "SHA256", nullptr, kSecret.data(), kSecret.size(),
					  reinterpret_cast<const unsigned char *>(text.data()), text.size(), digest,
					  sizeof(digest), &length) != nullptr,
			"libcrypto computes a digest");
	return {reinterpret_cast<const char *>(digest), length};
}

// The two numbers side by side, as tokens have them.
std::string raw_of(const std::string &der) {
	const auto *bytes = reinterpret_cast<const unsigned char *>(der.data());
	ECDSA_SIG *pair = d2i_ECDSA_SIG(nullptr, &bytes, static_cast<long>(der.size()));
	unsigned char raw[64];
	BN_bn2binpad(ECDSA_SIG_get0_r(pair), raw, 32);
	BN_bn2binpad(ECDSA_SIG_get0_s(pair), raw + 32, 32);
	ECDSA_SIG_free(pair);
	return {reinterpret_cast<const char *>(raw), sizeof(raw)};
}

std::string sign(Algorithm algorithm, std::string_view text) {
	if (algorithm == Algorithm::kHs256)
		return hmac(text);
	EVP_PKEY *key = key_pair(algorithm).own.get();
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	unsigned char bytes[512];
	std::size_t length = sizeof(bytes);
	const EVP_MD *digest = algorithm == Algorithm::kEdDsa ? nullptr : EVP_sha256();
	require(EVP_DigestSignInit(context, nullptr, digest, nullptr, key) == 1 &&
				EVP_DigestSign(context, bytes, &length, reinterpret_cast<const unsigned char *>(text.data()),
							   text.size()) == 1,
			"libcrypto signs");
	EVP_MD_CTX_free(context);
	const std::string signature(reinterpret_cast<const char *>(bytes), length);
	return algorithm == Algorithm::kEs256 ? raw_of(signature) : signature;
}

// Replaces, inserts or leaves out a few bytes.
std::string changed(std::string bytes, FuzzedDataProvider *input) {
	for (int edits = input->ConsumeIntegralInRange(0, 3); edits > 0; edits--) {
		const auto at = input->ConsumeIntegralInRange<std::size_t>(0, bytes.size());
		const auto length = input->ConsumeIntegralInRange<std::size_t>(0, 2);
		bytes.replace(at, length, input->ConsumeRandomLengthString(2));
	}
	return bytes;
}

bool is_verified(Algorithm algorithm, std::string_view key, std::string_view text,
				 std::string_view signature) {
	const bool result = crypto::verify(algorithm, key, text, signature);
	require(ERR_peek_error() == 0, "no error stays in libcrypto's queue");
	return result;
}

void check_signature(int choice, FuzzedDataProvider *input) {
	const Algorithm algorithm = kAlgorithms[choice];
	const Algorithm other = kAlgorithms[(choice + input->ConsumeIntegralInRange(1, 3)) % kAlgorithmCount];
	const std::string own(algorithm == Algorithm::kHs256 ? kSecret : key_pair(algorithm).pem);
	const std::string text = input->ConsumeRandomLengthString(200);
	const std::string signature = sign(algorithm, text);
	require(is_verified(algorithm, own, text, signature), "what was signed is accepted");
	require(!is_verified(other, own, text, signature), "but by no other algorithm");
	require(!is_verified(algorithm, own, text, signature + signature[0]) &&
				!is_verified(algorithm, own, text, signature.substr(1)),
			"nor with a byte more or less");
	const std::string other_signature =
		input->ConsumeBool() ? changed(signature, input) : input->ConsumeRandomLengthString(300);
	require(is_verified(algorithm, own, text, other_signature) == (other_signature == signature),
			"no other signature is accepted");
	const std::string other_text =
		input->ConsumeBool() ? changed(text, input) : input->ConsumeRandomLengthString(200);
	require(is_verified(algorithm, own, other_text, signature) == (other_text == text),
			"a signature is for one text");
}

std::string pem_around(const std::string &der) {
	std::string body((der.size() + 2) / 3 * 4 + 1, '\0');
	body.resize(static_cast<std::size_t>(EVP_EncodeBlock(reinterpret_cast<unsigned char *>(body.data()),
														 reinterpret_cast<const unsigned char *>(der.data()),
														 static_cast<int>(der.size()))));
	for (std::size_t at = 64; at < body.size(); at += 65)
		body.insert(at, "\n");
	return "-----BEGIN PUBLIC KEY-----\n" + body + "\n-----END PUBLIC KEY-----\n";
}

void check_key(const std::string &key, bool is_pem) {
	int fitting = 0;
	for (const Algorithm algorithm : {Algorithm::kRs256, Algorithm::kEs256, Algorithm::kEdDsa}) {
		fitting += crypto::check_key(algorithm, key) == KeyFault::kNone ? 1 : 0;
		require(ERR_peek_error() == 0, "no error of a key stays in libcrypto's queue");
	}
	require(fitting <= 1, "a public key is for one algorithm");
	for (const std::size_t length : {64, 256})
		require(!is_verified(length == 64 ? Algorithm::kEdDsa : Algorithm::kRs256, key, "text",
							 std::string(length, '\1')),
				"nothing is signed that nobody signed");
	const KeyFault fault = crypto::check_key(Algorithm::kHs256, key);
	require(!is_pem || fault == KeyFault::kNoSecret, "a key in PEM is no secret");
	require(fault != KeyFault::kNone || key.size() >= 32, "nor what is short");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
	FuzzedDataProvider input(data, size);
	const int choice = input.ConsumeIntegralInRange(0, kAlgorithmCount + 1);
	if (choice < kAlgorithmCount) {
		check_signature(choice, &input);
		return 0;
	}
	const std::string rest = input.ConsumeRemainingBytesAsString();
	Algorithm found;
	bool is_name = false;
	for (const std::string_view name : kNames)
		is_name = is_name || name == rest;
	require(crypto::find_algorithm(rest, &found) == is_name, "algorithms are named exactly");
	const bool is_pem = choice > kAlgorithmCount;
	check_key(is_pem ? pem_around(rest) : rest, is_pem);
	return 0;
}
