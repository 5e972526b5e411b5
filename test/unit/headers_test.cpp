#include "core/headers.hpp"

#include <gtest/gtest.h>

#include <string>

using pg_tenant::core::has_outer_space;
using pg_tenant::core::Header;
using pg_tenant::core::header_of;
using pg_tenant::core::trim_value;

TEST(Headers, AreFoundInAnyCase) {
	EXPECT_EQ(header_of("X-Tenant-ID"), Header::kTenantId);
	EXPECT_EQ(header_of("x-tenant-id"), Header::kTenantId);
	EXPECT_EQ(header_of("X-TENANT-NAME"), Header::kTenantName);
	EXPECT_EQ(header_of("x-Platform-Id"), Header::kPlatformId);
	EXPECT_EQ(header_of("x-request-id"), Header::kRequestId);
	EXPECT_EQ(header_of("x-trace-id"), Header::kTraceId);
	EXPECT_EQ(header_of("x-span-id"), Header::kSpanId);
}

TEST(Headers, AreNotGuessed) {
	for (const char *name : {"", "X-Tenant", "X-Tenant-IDs", "X_Tenant_ID", " X-Tenant-ID", "Host"})
		EXPECT_EQ(header_of(name), Header::kOther) << name;
}

TEST(Headers, ValuesAreTrimmedOfSpaceAndTab) {
	EXPECT_EQ(trim_value(" \tacme\t "), "acme");
	EXPECT_EQ(trim_value("a b"), "a b");
	EXPECT_EQ(trim_value(" \t "), "");
	EXPECT_EQ(trim_value(""), "");
	EXPECT_EQ(trim_value("\nacme"), "\nacme");
}

TEST(Headers, InvisibleEndsAreSeen) {
	for (const char *space :
		 {"\u00a0", "\u1680", "\u2000", "\u200b", "\u2028", "\u202f", "\u3000", "\ufeff"}) {
		EXPECT_TRUE(has_outer_space(std::string(space) + "acme"));
		EXPECT_TRUE(has_outer_space(std::string("acme") + space));
		EXPECT_TRUE(has_outer_space(space));
		EXPECT_FALSE(has_outer_space(std::string("ac") + space + "me"));
	}
	for (const char *value : {"", "a", "\u00e9", "\u4e00", "\u200e"})
		EXPECT_FALSE(has_outer_space(value)) << value;
}
