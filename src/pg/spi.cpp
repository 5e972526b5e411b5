#include "pg/spi.hpp"

#include <cstdarg>

extern "C" {
#include "executor/spi.h"
#include "lib/stringinfo.h"
#include "parser/parser.h"
#include "tcop/dest.h"
#include "tcop/pquery.h"
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

// The place that an error names is one of the expression, not of the statement that brought it.
void point_into(void *expression) {
	const int position = geterrposition();
	if (position <= 0)
		return;
	(void)errposition(0);
	(void)internalerrposition(position);
	(void)internalerrquery(static_cast<const char *>(expression));
}

} // namespace

void begin_sql() {
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
}

void begin_committing_sql() {
	if (SPI_connect_ext(SPI_OPT_NONATOMIC) != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
}

void commit_sql() {
	commit_sql_to_wait();
	resume_sql();
}

void commit_sql_to_wait() { SPI_commit(); }

void resume_sql() { EnsurePortalSnapshotExists(); }

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

int64 run_command(const char *text, const char *place) {
	SPIExecuteOptions options = {};
	options.dest = None_Receiver;
	const int result = SPI_execute_extended(text, &options);
	if (result < 0)
		refuse_command(result, place);
	return static_cast<int64>(SPI_processed);
}

void refuse_command(int result, const char *place) {
	if (result == SPI_ERROR_TRANSACTION || result == SPI_ERROR_COPY)
		ereport(
			ERROR,
			(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			 errmsg("cannot run %s %s",
					result == SPI_ERROR_COPY ? "COPY to or from the client" : "transaction control", place)));
	elog(ERROR, "SPI failed: %s", SPI_result_code_string(result));
}

// The server's own memory is the caller's again after SPI_finish.
char *kept_value(int column) {
	char *value = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, column);
	if (value == nullptr)
		return nullptr;
	const Size size = strlen(value) + 1;
	return static_cast<char *>(memcpy(SPI_palloc(size), value, size));
}

int64 query_number(const char *format, ...) {
	va_list arguments;
	va_start(arguments, format);
	char *text = format_text(format, arguments);
	va_end(arguments);
	run_text(text, true);
	const char *value =
		SPI_processed == 0 ? nullptr : SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);
	return value == nullptr ? 0 : strtoll(value, nullptr, 10);
}

char *query_text(const char *format, ...) {
	va_list arguments;
	va_start(arguments, format);
	char *text = format_text(format, arguments);
	va_end(arguments);
	run_text(text, true);
	return SPI_processed == 0 ? nullptr : kept_value(1);
}

const char *literal(Oid type, const char *text) {
	return psprintf("%s::%s", quote_literal_cstr(text), format_type_be_qualified(type));
}

const char *qualified_name(Oid relation) {
	return quote_qualified_identifier(get_namespace_name(get_rel_namespace(relation)),
									  get_rel_name(relation));
}

void require_expression(const char *text) {
	ErrorContextCallback pointing = {error_context_stack, point_into, const_cast<char *>(text)};
	error_context_stack = &pointing;
	(void)raw_parser(text, RAW_PARSE_PLPGSQL_EXPR);
	error_context_stack = pointing.previous;
}

} // namespace pg_tenant::pg
