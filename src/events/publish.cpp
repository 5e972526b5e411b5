#include "events/publish.hpp"

#include <cctype>
#include <cstring>

#include "context/settings.hpp"
#include "events/number.hpp"
#include "isolation/catalog.hpp"
#include "pg/error.hpp"
#include "pg/scoped.hpp"
#include "pg/spi.hpp"

extern "C" {
#include "catalog/pg_type_d.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"
}

namespace pg_tenant::events {
namespace {

using core::Header;

constexpr Size kMaxType = 128;
constexpr Size kMaxPayload = 1024 * 1024;
constexpr char kOwnTypes[] = "tenant.";

// The columns of tenant.events (src/schema/39_events.sql) but the last, which is given at commit.
constexpr int kColumns = 9;
Oid column_types[kColumns] = {UUIDOID,  TEXTOID, TEXTOID, INT4OID, TIMESTAMPTZOID,
							  JSONBOID, TEXTOID, TEXTOID, TEXTOID};
SPIPlanPtr insertion = nullptr;

bool is_type(const char *type) {
	const Size length = strlen(type);
	if (length == 0 || length > kMaxType || !isalpha(static_cast<unsigned char>(type[0])))
		return false;
	for (const char *at = type; *at != '\0'; at++) {
		const auto byte = static_cast<unsigned char>(*at);
		if (byte >= 0x80 || (!isalnum(byte) && strchr("._-/:", byte) == nullptr))
			return false;
	}
	return true;
}

// A UUID of version 7: its time, to a 4096th of a millisecond, and chance.
pg_uuid_t *new_event_id(TimestampTz now) {
	const uint64 since_1970 = static_cast<uint64>(now + (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) *
															static_cast<int64>(USECS_PER_DAY));
	const uint64 milliseconds = since_1970 / 1000;
	const uint64 fraction = since_1970 % 1000 * 4096 / 1000;
	auto *id = static_cast<pg_uuid_t *>(palloc(sizeof(pg_uuid_t)));
	for (int i = 0; i < 6; i++)
		id->data[i] = static_cast<unsigned char>(milliseconds >> (40 - 8 * i));
	id->data[6] = static_cast<unsigned char>(0x70 | fraction >> 8);
	id->data[7] = static_cast<unsigned char>(fraction);
	if (!pg_strong_random(&id->data[8], 8))
		ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR), errmsg("could not generate random values")));
	id->data[8] = static_cast<unsigned char>((id->data[8] & 0x3f) | 0x80);
	return id;
}

void insert_event(Datum *values, const char *nulls) {
	pg::begin_sql();
	if (insertion == nullptr) {
		SPIPlanPtr plan = SPI_prepare("INSERT INTO tenant.events (event_id, tenant_id, type, version, "
									  "published_at, payload, request_id,"
									  " trace_id, span_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
									  kColumns, column_types);
		if (plan == nullptr)
			elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(SPI_result));
		SPI_keepplan(plan);
		insertion = plan;
	}
	const int result = SPI_execute_plan(insertion, values, nulls, false, 0);
	if (result != SPI_OK_INSERT)
		elog(ERROR, "SPI_execute_plan failed: %s", SPI_result_code_string(result));
	pg::end_sql();
}

} // namespace

void require_valid_event(const char *type, const Jsonb *payload, int32 version, Publisher publisher) {
	if (!is_type(type))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("invalid type of an event"),
				 errdetail("A type is 1 to 128 letters, digits, and \".\", \"_\", \"-\", \"/\" or \":\", "
						   "and begins with a letter.")));
	if (publisher == Publisher::kTenant && pg_strncasecmp(type, kOwnTypes, strlen(kOwnTypes)) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("event type \"%s\" is reserved", type),
				 errdetail("Types that begin with \"%s\" are the extension's own.", kOwnTypes)));
	if (VARSIZE(payload) > kMaxPayload)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("payload of an event is too large"),
						errdetail("It may have 1 MB.")));
	if (version < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("version of an event must be 1 or more")));
}

pg_uuid_t *publish(const core::TenantId &tenant, const char *type, Jsonb *payload, int32 version) {
	const TimestampTz now = GetCurrentTimestamp();
	pg_uuid_t *id = new_event_id(now);
	Datum values[kColumns] = {UUIDPGetDatum(id),         CStringGetTextDatum(tenant.text),
							  CStringGetTextDatum(type), Int32GetDatum(version),
							  TimestampTzGetDatum(now),  JsonbPGetDatum(payload)};
	char nulls[kColumns];
	memset(nulls, ' ', sizeof(nulls));
	const Header origins[] = {Header::kRequestId, Header::kTraceId, Header::kSpanId};
	for (int i = 0; i < 3; i++) {
		const char *value = context::identity_value(origins[i]);
		if (value == nullptr)
			nulls[6 + i] = 'n';
		else
			values[6 + i] = CStringGetTextDatum(value);
	}
	note_published(tenant);
	pg::as_role(isolation::extension_owner(), 0, [&] { insert_event(values, nulls); });
	return id;
}

} // namespace pg_tenant::events
