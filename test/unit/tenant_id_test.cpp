#include "core/tenant_id.hpp"

#include <string>

#include <gtest/gtest.h>

using pg_tenant::core::check_label;
using pg_tenant::core::IdFault;
using pg_tenant::core::parse_tenant_id;
using pg_tenant::core::TenantId;

namespace {

IdFault parse(const std::string &text, TenantId *id, bool is_utf8 = true) {
	std::size_t characters = 0;
	for (const char c : text)
		characters += (static_cast<unsigned char>(c) & 0xc0) != 0x80 ? 1 : 0;
	return parse_tenant_id(text, characters, is_utf8, id);
}

std::string canonical(const std::string &text) {
	TenantId id;
	return parse(text, &id) == IdFault::kNone ? std::string(id.text, id.length) : "refused";
}

constexpr char kUuid[] = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11";

} // namespace

TEST(TenantId, KeepsOrdinaryText) {
	TenantId id;
	ASSERT_EQ(parse("acme", &id), IdFault::kNone);
	EXPECT_STREQ(id.text, "acme");
	EXPECT_EQ(id.length, 4U);
	EXPECT_FALSE(id.is_uuid);
	EXPECT_FALSE(id.is_number);
	EXPECT_FALSE(id.is_odd_number);
	EXPECT_EQ(canonical("Acme GmbH & Co. KG"), "Acme GmbH & Co. KG");
	EXPECT_EQ(canonical("ünïcødé"), "ünïcødé");
}

TEST(TenantId, RefusesEmptyAndOuterSpace) {
	TenantId id;
	EXPECT_EQ(parse("", &id), IdFault::kEmpty);
	EXPECT_EQ(parse(" a", &id), IdFault::kOuterSpace);
	EXPECT_EQ(parse("a ", &id), IdFault::kOuterSpace);
	EXPECT_EQ(parse(" ", &id), IdFault::kOuterSpace);
	EXPECT_EQ(parse("a b", &id), IdFault::kNone);
}

TEST(TenantId, CountsCharactersNotBytes) {
	TenantId id;
	EXPECT_EQ(parse(std::string(128, 'x'), &id), IdFault::kNone);
	EXPECT_EQ(parse(std::string(129, 'x'), &id), IdFault::kTooLong);
	std::string wide;
	for (int i = 0; i < 128; i++)
		wide += "\xf0\x9f\x98\x80";
	EXPECT_EQ(parse(wide, &id), IdFault::kNone);
	EXPECT_EQ(id.length, 512U);
	EXPECT_EQ(id.text[512], '\0');
	EXPECT_EQ(parse(wide + "x", &id), IdFault::kTooLong);
	// A wrong count must not overrun the buffer.
	EXPECT_EQ(parse_tenant_id(wide + "x", 1, true, &id), IdFault::kTooLong);
}

TEST(TenantId, RefusesControlCharacters) {
	TenantId id;
	for (int c = 1; c < 32; c++)
		EXPECT_EQ(parse(std::string("a") + static_cast<char>(c) + "b", &id), IdFault::kControlCharacter) << c;
	EXPECT_EQ(parse("a\x7f", &id), IdFault::kControlCharacter);
	EXPECT_EQ(parse("a\xc2\x85z", &id), IdFault::kControlCharacter);
	EXPECT_EQ(parse("a\xc2\xa0z", &id), IdFault::kNone);
	EXPECT_EQ(parse("a\xc2\x85z", &id, false), IdFault::kNone);
	EXPECT_EQ(parse(std::string("a\0b", 3), &id), IdFault::kControlCharacter);
}

TEST(TenantId, BringsEveryUuidSpellingToOne) {
	EXPECT_EQ(canonical(kUuid), kUuid);
	EXPECT_EQ(canonical("A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11"), kUuid);
	EXPECT_EQ(canonical("{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}"), kUuid);
	EXPECT_EQ(canonical("a0eebc999c0b4ef8bb6d6bb9bd380a11"), kUuid);
	EXPECT_EQ(canonical("a0ee-bc99-9c0b-4ef8-bb6d-6bb9-bd38-0a11"), kUuid);
	EXPECT_EQ(canonical("{a0eebc99-9c0b4ef8-bb6d6bb9-bd380a11}"), kUuid);
	TenantId id;
	ASSERT_EQ(parse(kUuid, &id), IdFault::kNone);
	EXPECT_TRUE(id.is_uuid);
	EXPECT_EQ(id.uuid[0], 0xa0);
	EXPECT_EQ(id.uuid[15], 0x11);
}

TEST(TenantId, KeepsWhatIsNoUuidAsText) {
	for (const char *text :
		 {"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a111",
		  "{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}",
		  "a-0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "g0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
		  "a0eebc99--9c0b-4ef8-bb6d-6bb9bd380a11", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11-", "{}"}) {
		TenantId id;
		ASSERT_EQ(parse(text, &id), IdFault::kNone) << text;
		EXPECT_FALSE(id.is_uuid) << text;
		EXPECT_STREQ(id.text, text);
	}
}

TEST(TenantId, TellsCanonicalNumbersFromOthers) {
	TenantId id;
	for (const char *text : {"0", "7", "-7", "9223372036854775807", "-9223372036854775808"}) {
		ASSERT_EQ(parse(text, &id), IdFault::kNone);
		EXPECT_TRUE(id.is_number) << text;
		EXPECT_FALSE(id.is_odd_number) << text;
		EXPECT_EQ(std::to_string(id.number), text);
	}
	for (const char *text : {"007", "+7", "-0", "00", "-07", "9223372036854775808", "-9223372036854775809"}) {
		ASSERT_EQ(parse(text, &id), IdFault::kNone);
		EXPECT_FALSE(id.is_number) << text;
		EXPECT_TRUE(id.is_odd_number) << text;
	}
	for (const char *text : {"7a", "-", "+", "1.0", "1e3", "0x7", "7 7"}) {
		ASSERT_EQ(parse(text, &id), IdFault::kNone);
		EXPECT_FALSE(id.is_number) << text;
		EXPECT_FALSE(id.is_odd_number) << text;
	}
}

TEST(TenantId, ComparesByText) {
	TenantId a;
	TenantId b;
	TenantId c;
	ASSERT_EQ(parse(kUuid, &a), IdFault::kNone);
	ASSERT_EQ(parse("{A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11}", &b), IdFault::kNone);
	ASSERT_EQ(parse("acme", &c), IdFault::kNone);
	EXPECT_TRUE(a == b);
	EXPECT_FALSE(a == c);
	// The hash names the bucket of a replicated registry: it must never change.
	EXPECT_EQ(c.hash, 0x45fd71afU);
}

TEST(Label, HasItsOwnLimit) {
	EXPECT_EQ(check_label("", 0, 256, true), IdFault::kNone);
	EXPECT_EQ(check_label(std::string(256, 'x'), 256, 256, true), IdFault::kNone);
	EXPECT_EQ(check_label(std::string(257, 'x'), 257, 256, true), IdFault::kTooLong);
	EXPECT_EQ(check_label("a\nb", 3, 256, true), IdFault::kControlCharacter);
	EXPECT_EQ(check_label(" a", 2, 256, true), IdFault::kOuterSpace);
	EXPECT_EQ(check_label("a ", 2, 256, true), IdFault::kOuterSpace);
}
