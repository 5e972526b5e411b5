#include "core/domain.hpp"

#include <cstring>
#include <string>

#include <gtest/gtest.h>

#include "core/case_folding.hpp"
#include "core/punycode.hpp"

using namespace pg_tenant::core;

namespace {

std::string encoded(const std::u32string &label) {
	char text[256];
	const std::size_t length = encode_punycode(label, text, sizeof(text));
	return length == kNoPunycode ? "refused" : std::string(text, length);
}

std::u32string decoded(const std::string &text, std::size_t capacity = 256) {
	char32_t codes[256];
	const std::size_t count = decode_punycode(text, codes, capacity);
	return count == kNoPunycode ? U"refused" : std::u32string(codes, count);
}

bool is_folded(std::u32string_view label) {
	for (const char32_t code : label) {
		if (fold_case(code) != code)
			return false;
	}
	return true;
}

DomainFault fault_of(const std::u32string &text, bool may_have_star = false) {
	Domain domain;
	return parse_domain(text, may_have_star, is_folded, &domain);
}

std::string canonical(const std::u32string &text, bool may_have_star = false) {
	Domain domain;
	return parse_domain(text, may_have_star, is_folded, &domain) == DomainFault::kNone
			   ? std::string(domain.text, domain.length)
			   : "refused";
}

struct Sample {
	std::u32string label;
	std::string punycode;
};

// RFC 3492, 7.1, (A) to (S), without the case of what is not ASCII.
// clang-format off
const Sample kSamples[] = {
	{U"\u0644\u064a\u0647\u0645\u0627\u0628\u062a\u0643\u0644\u0645\u0648\u0634\u0639\u0631\u0628\u064a\u061f", "egbpdaj6bu4bxfgehfvwxn"},
	{U"\u4ed6\u4eec\u4e3a\u4ec0\u4e48\u4e0d\u8bf4\u4e2d\u6587", "ihqwcrb4cv8a8dqg056pqjye"},
	{U"\u4ed6\u5011\u7232\u4ec0\u9ebd\u4e0d\u8aaa\u4e2d\u6587", "ihqwctvzc91f659drss3x8bo0yb"},
	{U"Pro\u010dprost\u011bnemluv\u00ed\u010desky", "Proprostnemluvesky-uyb24dma41a"},
	{U"\u05dc\u05de\u05d4\u05d4\u05dd\u05e4\u05e9\u05d5\u05d8\u05dc\u05d0\u05de\u05d3\u05d1\u05e8\u05d9\u05dd\u05e2\u05d1\u05e8\u05d9\u05ea", "4dbcagdahymbxekheh6e0a7fei0b"},
	{U"\u092f\u0939\u0932\u094b\u0917\u0939\u093f\u0928\u094d\u0926\u0940\u0915\u094d\u092f\u094b\u0902\u0928\u0939\u0940\u0902\u092c\u094b\u0932\u0938\u0915\u0924\u0947\u0939\u0948\u0902", "i1baa7eci9glrd9b2ae1bj0hfcgg6iyaf8o0a1dig0cd"},
	{U"\u306a\u305c\u307f\u3093\u306a\u65e5\u672c\u8a9e\u3092\u8a71\u3057\u3066\u304f\u308c\u306a\u3044\u306e\u304b", "n8jok5ay5dzabd5bym9f0cm5685rrjetr6pdxa"},
	{U"\uc138\uacc4\uc758\ubaa8\ub4e0\uc0ac\ub78c\ub4e4\uc774\ud55c\uad6d\uc5b4\ub97c\uc774\ud574\ud55c\ub2e4\uba74\uc5bc\ub9c8\ub098\uc88b\uc744\uae4c", "989aomsvi5e83db1d2a355cv1e0vak1dwrv93d5xbh15a0dt30a5jpsd879ccm6fea98c"},
	{U"\u043f\u043e\u0447\u0435\u043c\u0443\u0436\u0435\u043e\u043d\u0438\u043d\u0435\u0433\u043e\u0432\u043e\u0440\u044f\u0442\u043f\u043e\u0440\u0443\u0441\u0441\u043a\u0438", "b1abfaaepdrnnbgefbadotcwatmq2g4l"},
	{U"Porqu\u00e9nopuedensimplementehablarenEspa\u00f1ol", "PorqunopuedensimplementehablarenEspaol-fmd56a"},
	{U"T\u1ea1isaoh\u1ecdkh\u00f4ngth\u1ec3ch\u1ec9n\u00f3iti\u1ebfngVi\u1ec7t", "TisaohkhngthchnitingVit-kjcr8268qyxafd2f1b9g"},
	{U"3\u5e74B\u7d44\u91d1\u516b\u5148\u751f", "3B-ww4c5e180e575a65lsy2b"},
	{U"\u5b89\u5ba4\u5948\u7f8e\u6075-with-SUPER-MONKEYS", "-with-SUPER-MONKEYS-pc58ag80a8qai00g7n9n"},
	{U"Hello-Another-Way-\u305d\u308c\u305e\u308c\u306e\u5834\u6240", "Hello-Another-Way--fc4qua05auwb3674vfr0b"},
	{U"\u3072\u3068\u3064\u5c4b\u6839\u306e\u4e0b2", "2-u9tlzr9756bt3uc0v"},
	{U"Maji\u3067Koi\u3059\u308b5\u79d2\u524d", "MajiKoi5-783gue6qz075azm5e"},
	{U"\u30d1\u30d5\u30a3\u30fcde\u30eb\u30f3\u30d0", "de-jg4avhby1noc0d"},
	{U"\u305d\u306e\u30b9\u30d4\u30fc\u30c9\u3067", "d9juau41awczczp"},
	{U"-> $1.00 <-", "-> $1.00 <--"},
};
// clang-format on

} // namespace

TEST(Punycode, HasTheSamplesOfTheStandard) {
	for (const Sample &sample : kSamples) {
		EXPECT_EQ(encoded(sample.label), sample.punycode);
		EXPECT_EQ(decoded(sample.punycode), sample.label) << sample.punycode;
	}
}

TEST(Punycode, TakesDigitsInUpperCase) { EXPECT_EQ(decoded("MNCHEN-3YA"), U"M\u00fcNCHEN"); }

TEST(Punycode, RefusesWhatIsNone) {
	// A digit that is none, a number that does not end, one too large, a surrogate, beyond the last code
	// point.
	for (const char *text :
		 {"a-b c", "mnchen-3y", "99999999", "ls8h=", "-a", "\xff\xff", "0", "zzzz9", "99999a"})
		EXPECT_EQ(decoded(text), U"refused") << text;
	EXPECT_EQ(decoded(encoded(std::u32string(1, 0xd800))), U"refused");
	EXPECT_EQ(decoded(encoded(std::u32string(1, 0x10ffff))), std::u32string(1, 0x10ffff));
}

TEST(Punycode, HasNoMoreRoomThanItIsGiven) {
	char text[16];
	text[10] = '#';
	EXPECT_EQ(encode_punycode(U"m\u00fcnchen", text, 10), 10U);
	EXPECT_EQ(encode_punycode(U"m\u00fcnchen", text, 9), kNoPunycode);
	EXPECT_EQ(text[10], '#');
	EXPECT_EQ(decoded("mnchen-3ya", 7), U"m\u00fcnchen");
	EXPECT_EQ(decoded("mnchen-3ya", 6), U"refused");
	EXPECT_EQ(decoded("mnchen-3ya", 5), U"refused");
}

TEST(CaseFolding, FoldsLettersOfAllScripts) {
	const char32_t pairs[][2] = {
		{U'A', U'a'},     {U'Z', U'z'},         {U'[', U'['},     {0xc4, 0xe4},       {0xd7, 0xd7},
		{0x178, 0xff},    {0x39f, 0x3bf},       {0x3c2, 0x3c2},   {0x416, 0x436},     {0x531, 0x561},
		{0x1e9e, 0xdf},   {0x2c00, 0x2c30},     {0xff21, 0xff21}, {0x10400, 0x10428}, {0x1e921, 0x1e943},
		{0x4e2d, 0x4e2d}, {0x10ffff, 0x10ffff}, {0x101, 0x101},   {0x100, 0x101},     {0xab70, 0x13a0}};
	for (const auto &pair : pairs)
		EXPECT_EQ(fold_case(pair[0]), pair[1]) << std::hex << static_cast<unsigned>(pair[0]);
}

TEST(Domain, KeepsOrdinaryNames) {
	for (const char *text :
		 {"example.com", "a", "a.b", "1.2.3.4", "x--y.example", "localhost", "xn--mnchen-3ya.de"})
		EXPECT_EQ(canonical(std::u32string(text, text + std::strlen(text))), text);
	EXPECT_EQ(canonical(U"example.com."), "example.com");
}

TEST(Domain, WritesOtherScriptsAsPunycode) {
	EXPECT_EQ(canonical(U"m\u00fcnchen.de"), "xn--mnchen-3ya.de");
	EXPECT_EQ(canonical(U"\u4e2d\u6587.\u4e2d\u56fd"), "xn--fiq228c.xn--fiqs8s");
	EXPECT_EQ(canonical(U"fa\u00df.de"), "xn--fa-hia.de");
	EXPECT_EQ(canonical(U"*.m\u00fcnchen.de", true), "*.xn--mnchen-3ya.de");
}

TEST(Domain, RefusesWhatIsNone) {
	EXPECT_EQ(fault_of(U""), DomainFault::kEmptyLabel);
	EXPECT_EQ(fault_of(U"."), DomainFault::kEmptyLabel);
	EXPECT_EQ(fault_of(U".com"), DomainFault::kEmptyLabel);
	EXPECT_EQ(fault_of(U"a..b"), DomainFault::kEmptyLabel);
	EXPECT_EQ(fault_of(U"a.b.."), DomainFault::kEmptyLabel);
	for (const char32_t *text :
		 {U"a b", U" a", U"a_b", U"a:80", U"a/b", U"A.com", U"a\u00ad", U"a\u200d", U"\u2028", U"a@b",
		  U"\ue000", U"\ufffe", U"\U0001fffe", U"\u0130", U"a\n", U"%", U"*"})
		EXPECT_EQ(fault_of(text), DomainFault::kCharacter);
	EXPECT_EQ(fault_of(U"-a.com"), DomainFault::kHyphen);
	EXPECT_EQ(fault_of(U"a-.com"), DomainFault::kHyphen);
	EXPECT_EQ(fault_of(U"\u00fc-"), DomainFault::kHyphen);
}

TEST(Domain, RefusesPunycodeOfWhatItWouldNotWriteSo) {
	// Of ASCII, of capital letters, of nothing, of nonsense, of another spelling, of what is banned, of what
	// is punycode.
	for (const char32_t *text : {U"xn--abc-", U"xn--mnchen-psa.de", U"xn--", U"xn--99999999", U"xn--a-\u00fc",
								 U"xn--a-vca", U"xn--xn---3ra"})
		EXPECT_NE(fault_of(text), DomainFault::kNone) << canonical(text);
	EXPECT_EQ(fault_of(U"xn--mnchen-psa.de"), DomainFault::kPunycode);
}

TEST(Domain, HasStarsOnlyInFront) {
	EXPECT_EQ(canonical(U"*.example.com", true), "*.example.com");
	EXPECT_EQ(canonical(U"*.com.", true), "*.com");
	EXPECT_EQ(fault_of(U"*.example.com"), DomainFault::kCharacter);
	for (const char32_t *text : {U"*", U"*.", U"a.*.com", U"*a.com", U"*.*.com", U"a.*"})
		EXPECT_NE(fault_of(text, true), DomainFault::kNone);
}

TEST(Domain, HasNoMoreThanItsLength) {
	const std::u32string longest(63, U'a');
	EXPECT_EQ(fault_of(longest), DomainFault::kNone);
	EXPECT_EQ(fault_of(longest + U"a"), DomainFault::kTooLong);
	const std::u32string three = longest + U"." + longest + U"." + longest + U".";
	EXPECT_EQ(fault_of(three + std::u32string(61, U'a')), DomainFault::kNone);
	EXPECT_EQ(fault_of(three + std::u32string(61, U'a') + U"."), DomainFault::kNone);
	EXPECT_EQ(fault_of(three + std::u32string(62, U'a')), DomainFault::kTooLong);
	EXPECT_EQ(fault_of(three + longest), DomainFault::kTooLong);
	EXPECT_EQ(fault_of(three + longest + U".a"), DomainFault::kTooLong);
	EXPECT_EQ(fault_of(std::u32string(58, U'a') + U"\u00fc"), DomainFault::kTooLong);
	EXPECT_EQ(fault_of(std::u32string(63, U'\u00fc')), DomainFault::kTooLong);
	EXPECT_EQ(fault_of(std::u32string(100000, U'\u00fc')), DomainFault::kTooLong);
}
