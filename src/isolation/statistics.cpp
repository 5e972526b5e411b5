#include "isolation/statistics.hpp"

#include "isolation/shared_rows.hpp"
#include "registry/relations.hpp"

extern "C" {
#include "access/htup_details.h"
#include "catalog/index.h"
#include "catalog/pg_class_d.h"
#include "catalog/pg_statistic_d.h"
#include "catalog/pg_statistic_ext.h"
#include "catalog/pg_statistic_ext_data_d.h"
#include "catalog/pg_type_d.h"
#include "commands/extension.h"
#include "nodes/makefuncs.h"
#include "parser/parse_func.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
}

namespace pg_tenant::isolation {
namespace {

// The first column of both says what the statistics are of.
static_assert(Anum_pg_statistic_starelid == 1 && Anum_pg_statistic_ext_data_stxoid == 1);

Oid table_of_extended(Oid statistics) {
	HeapTuple tuple = SearchSysCache1(STATEXTOID, ObjectIdGetDatum(statistics));
	if (!HeapTupleIsValid(tuple))
		return InvalidOid;
	const Oid table = reinterpret_cast<const FormData_pg_statistic_ext *>(GETSTRUCT(tuple))->stxrelid;
	ReleaseSysCache(tuple);
	return table;
}

Oid table_of_relation(Oid relation) {
	const char kind = get_rel_relkind(relation);
	const bool is_index = kind == RELKIND_INDEX || kind == RELKIND_PARTITIONED_INDEX;
	return is_index ? IndexGetRelation(relation, true) : relation;
}

} // namespace

bool holds_statistics(Oid relation) {
	return relation == StatisticRelationId || relation == StatisticExtDataRelationId;
}

void hide_statistics(Query *query, RangeTblEntry *entry, int index) {
	// Without the extension no table of this database is protected.
	if ((index == query->resultRelation && query->commandType == CMD_INSERT) ||
		!OidIsValid(get_extension_oid("pg_tenant", true)))
		return;
	const Oid types[2] = {OIDOID, OIDOID};
	List *name = list_make2(makeString(pstrdup(registry::kSchema)), makeString(pstrdup("hides_statistics")));
	const Oid function = LookupFuncName(name, 2, types, false);
	List *arguments = list_make2(
		makeConst(OIDOID, -1, InvalidOid, sizeof(Oid), ObjectIdGetDatum(entry->relid), false, true),
		makeVar(index, 1, OIDOID, -1, InvalidOid, 0));
	FuncExpr *call = makeFuncExpr(function, BOOLOID, arguments, InvalidOid, InvalidOid, COERCE_EXPLICIT_CALL);
	Expr *qual = makeBoolExpr(NOT_EXPR, list_make1(call), -1);
	entry->securityQuals = lcons(qual, entry->securityQuals);
	query->hasRowSecurity = true;
}

bool are_shared_statistics(Oid catalog, Oid object) {
	const Oid table =
		catalog == StatisticExtDataRelationId ? table_of_extended(object) : table_of_relation(object);
	return OidIsValid(table) && (registry::is_protected(table) || holds_shared_rows(table));
}

} // namespace pg_tenant::isolation
