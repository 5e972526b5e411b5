// tenant.metrics
#include "pg/error.hpp"

#include "core/open_metrics.hpp"
#include "pg/spi.hpp"

extern "C" {
#include "catalog/pg_type.h"
#include "commands/dbcommands.h"
#include "executor/spi.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
}

namespace core = pg_tenant::core;
namespace pg = pg_tenant::pg;

namespace {

// The columns of this query. A family's samples follow each other, and those of a histogram too.
constexpr const char *kQuery =
	"SELECT f.name, f.type, f.unit, f.help, s.suffix, s.labels, s.value"
	" FROM tenant.metric_families() WITH ORDINALITY f (name, type, unit, help, place)"
	" JOIN tenant.metric_samples(ARRAY(SELECT name FROM tenant.metric_families()"
	" WHERE $2 OR name <> 'pg_tenant_check_findings'), $1)"
	" WITH ORDINALITY s (family, suffix, labels, value, place) ON s.family = f.name ORDER BY f.place, "
	"s.place";
enum Column { kName = 1, kType, kUnit, kHelp, kSuffix, kLabels, kValue };

constexpr int kMostLabels = 8;

void append(void *target, const char *text, std::size_t size) {
	appendBinaryStringInfo(static_cast<StringInfo>(target), text, static_cast<int>(size));
}

// Those of the sample after the ones that there are; how many there are then.
int read_labels(Datum array, core::MetricLabel *labels, int count) {
	Datum *texts;
	int size;
	deconstruct_array(DatumGetArrayTypeP(array), TEXTOID, -1, false, TYPALIGN_INT, &texts, nullptr, &size);
	for (int i = 0; i + 1 < size && count < kMostLabels; i += 2)
		labels[count++] = {TextDatumGetCString(texts[i]), TextDatumGetCString(texts[i + 1])};
	return count;
}

const char *column(const HeapTuple row, Column number) {
	const char *value = SPI_getvalue(row, SPI_tuptable->tupdesc, number);
	return value == nullptr ? "" : value;
}

bool write_row(const core::TextSink &sink, const HeapTuple row, const char *database, const char **last) {
	const char *name = column(row, kName);
	if (*last == nullptr || strcmp(*last, name) != 0) {
		if (!core::write_family(sink, {name, column(row, kType), column(row, kUnit), column(row, kHelp)}))
			return false;
		*last = name;
	}
	core::MetricLabel labels[kMostLabels] = {{"datname", database}};
	bool is_null;
	const Datum array = SPI_getbinval(row, SPI_tuptable->tupdesc, kLabels, &is_null);
	const int count = is_null ? 1 : read_labels(array, labels, 1);
	const Datum value = SPI_getbinval(row, SPI_tuptable->tupdesc, kValue, &is_null);
	return is_null || core::write_sample(sink, name, column(row, kSuffix), labels,
										 static_cast<std::size_t>(count), DatumGetFloat8(value));
}

void write_all(const core::TextSink &sink, Datum top, Datum findings) {
	Oid types[] = {INT4OID, BOOLOID};
	Datum values[] = {top, findings};
	if (SPI_execute_with_args(kQuery, lengthof(types), types, values, nullptr, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute failed");
	const char *database = get_database_name(MyDatabaseId);
	const char *last = nullptr;
	for (uint64 i = 0; i < SPI_processed; i++) {
		CHECK_FOR_INTERRUPTS();
		if (!write_row(sink, SPI_tuptable->vals[i], database, &last))
			elog(ERROR, "a metric has no valid name");
	}
	core::write_end(sink);
}

} // namespace

PG_TENANT_FUNCTION(pg_tenant_metrics) {
	pg::require_preloaded("the count of what tenants do");
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("top and findings must not be null")));
	// In the caller's memory.
	StringInfoData written;
	initStringInfo(&written);
	pg::begin_sql();
	write_all({append, &written}, PG_GETARG_DATUM(0), PG_GETARG_DATUM(1));
	pg::end_sql();
	PG_RETURN_TEXT_P(cstring_to_text_with_len(written.data, written.len));
}
