#include "planning/trust_decisions.hpp"

#include <cstring>

#include "planning/trust.hpp"
#include "registry/table.hpp"

extern "C" {
#include "access/htup_details.h"
#include "catalog/pg_proc.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/regproc.h"
#include "utils/syscache.h"
}

namespace pg_tenant::planning {
namespace {

constexpr const char *kTable = "operator_trust";
// Its columns.
constexpr AttrNumber kFunction = 1;
constexpr AttrNumber kIsTrusted = 2;
constexpr AttrNumber kDefinition = 3;

Datum column(HeapTuple row, TupleDesc descriptor, AttrNumber number) {
	bool is_null;
	const Datum value = heap_getattr(row, number, descriptor, &is_null);
	if (is_null)
		elog(ERROR, "column %d of \"%s\" is null", number, kTable);
	return value;
}

bool equals(HeapTuple row, TupleDesc descriptor, AttrNumber number, const char *expected) {
	return strcmp(TextDatumGetCString(column(row, descriptor, number)), expected) == 0;
}

// Of a column that may be NULL, for the eye and for comparison.
const char *printed(HeapTuple function, AttrNumber number, Oid output) {
	bool is_null;
	const Datum value = SysCacheGetAttr(PROCOID, function, number, &is_null);
	return is_null ? "-" : OidOutputFunctionCall(output, value);
}

} // namespace

char *definition_of(Oid function) {
	HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
	if (!HeapTupleIsValid(tuple))
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_FUNCTION), errmsg("there is no such function")));
	const auto *row = reinterpret_cast<const FormData_pg_proc *>(GETSTRUCT(tuple));
	char *definition = psprintf(
		"%s %c%s%s %s %s %s %s", get_language_name(row->prolang, false), row->provolatile,
		row->prosecdef ? "d" : "i", row->proisstrict ? "s" : "n",
		printed(tuple, Anum_pg_proc_proconfig, F_ARRAY_OUT), printed(tuple, Anum_pg_proc_probin, F_TEXTOUT),
		printed(tuple, Anum_pg_proc_prosrc, F_TEXTOUT), printed(tuple, Anum_pg_proc_prosqlbody, F_TEXTOUT));
	ReleaseSysCache(tuple);
	return definition;
}

Oid decisions_table() { return registry::own_relation(kTable); }

Decided decision_about(HeapTuple function, Oid table) {
	if (!OidIsValid(table))
		return {Decision::kNone, false};
	const Oid oid = reinterpret_cast<const FormData_pg_proc *>(GETSTRUCT(function))->oid;
	const char *signature = format_procedure_qualified(oid);
	const char *definition = definition_of(oid);
	Decision decision = Decision::kNone;
	bool is_any_distrusted = false;
	(void)registry::search_rows(table, nullptr, 0, [&](HeapTuple row, TupleDesc descriptor) {
		const bool is_named = equals(row, descriptor, kFunction, signature);
		const bool is_same = equals(row, descriptor, kDefinition, definition);
		if (DatumGetBool(column(row, descriptor, kIsTrusted))) {
			decision = is_named && is_same ? Decision::kTrusted : decision;
			return false;
		}
		is_any_distrusted = true;
		if (is_named || is_same)
			decision = Decision::kDistrusted;
		return decision == Decision::kDistrusted;
	});
	return {decision, is_any_distrusted};
}

} // namespace pg_tenant::planning
