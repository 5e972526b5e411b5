#include "core/base64url.hpp"
#include "core/json_members.hpp"
#include "crypto/signature.hpp"

#include <memory>
#include <string>

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <gtest/gtest.h>

namespace core = pg_tenant::core;
using pg_tenant::crypto::Algorithm;
using pg_tenant::crypto::check_key;
using pg_tenant::crypto::KeyFault;
using pg_tenant::crypto::verify;

namespace {

std::string decoded(std::string_view text) {
	std::string bytes(core::decoded_size(text.size()), '\0');
	std::size_t length = 0;
	if (!core::decode_base64url(text, reinterpret_cast<unsigned char *>(bytes.data()), &length))
		return "refused";
	return bytes.substr(0, length);
}

std::string from_hex(std::string_view hex) {
	std::string bytes;
	for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
		bytes.push_back(static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
	return bytes;
}

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

Key make_key(EVP_PKEY *key) { return {key, EVP_PKEY_free}; }

std::string pem_of(const Key &key, bool is_private = false) {
	BIO *bio = BIO_new(BIO_s_mem());
	if (is_private)
		PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
	else
		PEM_write_bio_PUBKEY(bio, key.get());
	char *data = nullptr;
	const long length = BIO_get_mem_data(bio, &data);
	std::string pem(data, static_cast<std::size_t>(length));
	BIO_free(bio);
	return pem;
}

std::string sign(const Key &key, const EVP_MD *digest, const std::string &text) {
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	std::size_t length = 0;
	const auto *bytes = reinterpret_cast<const unsigned char *>(text.data());
	EXPECT_EQ(EVP_DigestSignInit(context, nullptr, digest, nullptr, key.get()), 1);
	EXPECT_EQ(EVP_DigestSign(context, nullptr, &length, bytes, text.size()), 1);
	std::string signature(length, '\0');
	EXPECT_EQ(EVP_DigestSign(context, reinterpret_cast<unsigned char *>(signature.data()), &length, bytes,
							 text.size()),
			  1);
	signature.resize(length);
	EVP_MD_CTX_free(context);
	return signature;
}

// The two numbers side by side.
std::string raw_of(const std::string &der) {
	const auto *bytes = reinterpret_cast<const unsigned char *>(der.data());
	ECDSA_SIG *pair = d2i_ECDSA_SIG(nullptr, &bytes, static_cast<long>(der.size()));
	std::string raw(64, '\0');
	BN_bn2binpad(ECDSA_SIG_get0_r(pair), reinterpret_cast<unsigned char *>(raw.data()), 32);
	BN_bn2binpad(ECDSA_SIG_get0_s(pair), reinterpret_cast<unsigned char *>(raw.data()) + 32, 32);
	ECDSA_SIG_free(pair);
	return raw;
}

std::string changed(std::string text) {
	text[text.size() / 2] = static_cast<char>(text[text.size() / 2] ^ 1);
	return text;
}

void expect_verifies(Algorithm algorithm, const std::string &key, const std::string &text,
					 const std::string &signature) {
	EXPECT_TRUE(verify(algorithm, key, text, signature));
	EXPECT_FALSE(verify(algorithm, key, changed(text), signature));
	EXPECT_FALSE(verify(algorithm, key, text, changed(signature)));
	EXPECT_FALSE(verify(algorithm, key, text, ""));
	EXPECT_FALSE(verify(algorithm, key, text, signature + 'x'));
	EXPECT_FALSE(verify(algorithm, key, text, signature.substr(1)));
}

} // namespace

TEST(Base64Url, IsDecodedStrictly) {
	EXPECT_EQ(decoded(""), "");
	EXPECT_EQ(decoded("Zg"), "f");
	EXPECT_EQ(decoded("Zm8"), "fo");
	EXPECT_EQ(decoded("Zm9v"), "foo");
	EXPECT_EQ(decoded("Zm9vYmFy"), "foobar");
	EXPECT_EQ(decoded("-_8"), "\xfb\xff");
	for (const char *text : {"Z", "Zg==", "Zm9vY", "Zh", "Zm9", "+_8", "-/8", "Z g", "Zg\n", "Zm\xff\xff"})
		EXPECT_EQ(decoded(text), "refused") << text;
}

TEST(JsonMembers, AreCountedWithThoseThatRepeat) {
	EXPECT_EQ(core::count_members("{}"), 0U);
	EXPECT_EQ(core::count_members(R"( { "a" : 1 , "a" : 2 } )"), 2U);
	EXPECT_EQ(core::count_members(R"({"a:b":{"c":1,"d":[{"e":2}]},"f\":":"\\"})"), 2U);
	EXPECT_EQ(core::count_members("[]"), 0U);
}

TEST(Signatures, AlgorithmsAreNamedExactly) {
	Algorithm algorithm;
	for (const char *name : {"HS256", "RS256", "ES256", "EdDSA"})
		EXPECT_TRUE(find_algorithm(name, &algorithm)) << name;
	for (const char *name : {"", "none", "None", "hs256", "HS512", "PS256", "ES256K", "Ed25519", "HS256 "})
		EXPECT_FALSE(find_algorithm(name, &algorithm)) << name;
}

TEST(Signatures, Hs256IsTheOneOfRfc4231) {
	const std::string key(32, '\xaa');
	// RFC 4231, 4.3, has a shorter key than check_key() takes; verify() leaves that to it.
	EXPECT_TRUE(verify(Algorithm::kHs256, "Jefe", "what do ya want for nothing?",
					   from_hex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")));
	EXPECT_FALSE(verify(Algorithm::kHs256, key, "what do ya want for nothing?",
						from_hex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")));
	EXPECT_EQ(check_key(Algorithm::kHs256, key), KeyFault::kNone);
	EXPECT_EQ(check_key(Algorithm::kHs256, std::string(31, 'a')), KeyFault::kTooShort);
}

TEST(Signatures, Rs256) {
	const Key key = make_key(EVP_RSA_gen(2048));
	const std::string pem = pem_of(key);
	const std::string signature = sign(key, EVP_sha256(), "header.payload");
	EXPECT_EQ(check_key(Algorithm::kRs256, pem), KeyFault::kNone);
	expect_verifies(Algorithm::kRs256, pem, "header.payload", signature);
	EXPECT_FALSE(verify(Algorithm::kRs256, pem, "header.payload", sign(key, EVP_sha512(), "header.payload")));
	EXPECT_FALSE(verify(Algorithm::kEs256, pem, "header.payload", signature));
	EXPECT_FALSE(verify(Algorithm::kEdDsa, pem, "header.payload", signature));
	EXPECT_EQ(check_key(Algorithm::kEs256, pem), KeyFault::kOtherType);
	EXPECT_EQ(check_key(Algorithm::kRs256, pem_of(key, true)), KeyFault::kNoPublicKey);
	EXPECT_EQ(check_key(Algorithm::kRs256, "-----BEGIN PUBLIC KEY-----"), KeyFault::kNoPublicKey);
	EXPECT_EQ(check_key(Algorithm::kRs256, ""), KeyFault::kNoPublicKey);
	const Key small = make_key(EVP_RSA_gen(1024));
	EXPECT_EQ(check_key(Algorithm::kRs256, pem_of(small)), KeyFault::kTooShort);
	EXPECT_FALSE(verify(Algorithm::kRs256, pem_of(small), "text", sign(small, EVP_sha256(), "text")));
}

TEST(Signatures, Es256) {
	const Key key = make_key(EVP_EC_gen("P-256"));
	const std::string der = sign(key, EVP_sha256(), "header.payload");
	expect_verifies(Algorithm::kEs256, pem_of(key), "header.payload", raw_of(der));
	EXPECT_FALSE(verify(Algorithm::kEs256, pem_of(key), "header.payload", der));
	EXPECT_FALSE(verify(Algorithm::kEs256, pem_of(key), "header.payload", std::string(64, '\0')));
	const Key other = make_key(EVP_EC_gen("secp256k1"));
	EXPECT_EQ(check_key(Algorithm::kEs256, pem_of(key)), KeyFault::kNone);
	EXPECT_EQ(check_key(Algorithm::kEs256, pem_of(other)), KeyFault::kOtherType);
	EXPECT_EQ(check_key(Algorithm::kEs256, pem_of(make_key(EVP_EC_gen("P-384")))), KeyFault::kOtherType);
}

TEST(Signatures, EdDsa) {
	const Key key = make_key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
	expect_verifies(Algorithm::kEdDsa, pem_of(key), "header.payload", sign(key, nullptr, "header.payload"));
	EXPECT_EQ(check_key(Algorithm::kEdDsa, pem_of(key)), KeyFault::kNone);
	EXPECT_EQ(check_key(Algorithm::kEdDsa, pem_of(make_key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED448")))),
			  KeyFault::kOtherType);
}
