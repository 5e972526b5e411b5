#include "core/headers.hpp"

#include <gtest/gtest.h>

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
