#include "pg/spi.hpp"

#include <cstdarg>

extern "C" {
#include "executor/spi.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
}

namespace pg_tenant::pg {
namespace {

// Read-only commands use the active snapshot, others take one of their own.
void run_text(const char *text, bool read_only) {
	const int result = SPI_execute(text, read_only, 0);
	if (result < 0)
		elog(ERROR, "SPI_execute failed: %s", SPI_result_code_string(result));
}

char *format_text(const char *format, va_list arguments) pg_attribute_printf(1, 0);
char *format_text(const char *format, va_list arguments) {
	StringInfoData text;
	initStringInfo(&text);
	for (;;) {
		va_list copy;
		va_copy(copy, arguments);
		const int needed = appendStringInfoVA(&text, format, copy);
		va_end(copy);
		if (needed == 0)
			return text.data;
		enlargeStringInfo(&text, needed);
	}
}

// The server's own memory is the caller's again after SPI_finish.
char *first_value(bool in_upper_memory) {
	if (SPI_processed == 0)
		return nullptr;
	char *value = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);
	if (value == nullptr || !in_upper_memory)
		return value;
	const Size size = strlen(value) + 1;
	return static_cast<char *>(memcpy(SPI_palloc(size), value, size));
}

} // namespace

void begin_sql() {
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
}

void end_sql() {
	if (SPI_finish() != SPI_OK_FINISH)
		elog(ERROR, "SPI_finish failed");
}

void run_sql(const char *format, ...) {
	va_list arguments;
	va_start(arguments, format);
	char *text = format_text(format, arguments);
	va_end(arguments);
	run_text(text, false);
}

int64 query_number(const char *format, ...) {
	va_list arguments;
	va_start(arguments, format);
	char *text = format_text(format, arguments);
	va_end(arguments);
	run_text(text, true);
	const char *value = first_value(false);
	return value == nullptr ? 0 : strtoll(value, nullptr, 10);
}

char *query_text(const char *format, ...) {
	va_list arguments;
	va_start(arguments, format);
	char *text = format_text(format, arguments);
	va_end(arguments);
	run_text(text, true);
	return first_value(true);
}

const char *qualified_name(Oid relation) {
	return quote_qualified_identifier(get_namespace_name(get_rel_namespace(relation)),
									  get_rel_name(relation));
}

} // namespace pg_tenant::pg
