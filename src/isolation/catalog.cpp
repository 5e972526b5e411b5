#include "isolation/catalog.hpp"

#include <cstring>

#include "registry/relations.hpp"

extern "C" {
#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/pg_depend.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_policy.h"
#include "catalog/pg_type_d.h"
#include "miscadmin.h"
#include "nodes/primnodes.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"
}

namespace pg_tenant::isolation {
namespace {

// Once it is restored, the index of a table with such a partition, which has none, is never valid.
bool has_foreign_part(Oid relation) {
	ListCell *cell;
	foreach (cell, find_all_inheritors(relation, NoLock, nullptr)) {
		if (get_rel_relkind(lfirst_oid(cell)) == RELKIND_FOREIGN_TABLE)
			return true;
	}
	return false;
}

// Calls with each row of a catalog that belongs to the relation, seen with the catalog's own snapshot.
template <typename Visit>
void visit_rows(Oid catalog, Oid index, AttrNumber key_column, Oid relation, Visit visit) {
	Relation opened = table_open(catalog, AccessShareLock);
	ScanKeyData key;
	ScanKeyInit(&key, key_column, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(relation));
	SysScanDesc scan = systable_beginscan(opened, index, true, nullptr, 1, &key);
	HeapTuple tuple;
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
		visit(tuple, RelationGetDescr(opened));
	systable_endscan(scan);
	table_close(opened, AccessShareLock);
}

bool is_true(HeapTuple tuple, AttrNumber column, TupleDesc descriptor) {
	bool is_null;
	const Datum value = heap_getattr(tuple, column, descriptor, &is_null);
	if (is_null)
		return false;
	auto *node = static_cast<Node *>(stringToNode(TextDatumGetCString(value)));
	if (!IsA(node, Const))
		return false;
	auto *constant = reinterpret_cast<Const *>(node);
	return !constant->constisnull && DatumGetBool(constant->constvalue);
}

bool is_for_public(HeapTuple tuple, TupleDesc descriptor) {
	bool is_null;
	const Datum value = heap_getattr(tuple, Anum_pg_policy_polroles, descriptor, &is_null);
	if (is_null)
		return false;
	const ArrayType *roles = DatumGetArrayTypeP(value);
	return ARR_DIMS(roles)[0] == 1 && *reinterpret_cast<const Oid *>(ARR_DATA_PTR(roles)) == ACL_ID_PUBLIC;
}

bool is_rows_policy(HeapTuple tuple, TupleDesc descriptor) {
	auto *policy = reinterpret_cast<Form_pg_policy>(GETSTRUCT(tuple));
	return policy->polpermissive && policy->polcmd == '*' && is_for_public(tuple, descriptor) &&
		   is_true(tuple, Anum_pg_policy_polqual, descriptor) &&
		   is_true(tuple, Anum_pg_policy_polwithcheck, descriptor);
}

void count_policy(HeapTuple tuple, TupleDesc descriptor, PolicyCensus *census) {
	auto *policy = reinterpret_cast<Form_pg_policy>(GETSTRUCT(tuple));
	if (strcmp(NameStr(policy->polname), registry::kIsolationPolicy) == 0) {
		census->has_isolation = true;
	} else if (strcmp(NameStr(policy->polname), registry::kRowsPolicy) == 0) {
		if (is_rows_policy(tuple, descriptor))
			census->has_rows = true;
		else
			census->has_rows_clash = true;
	} else if (strcmp(NameStr(policy->polname), registry::kClosedPolicy) == 0) {
		census->has_closed = true;
	} else {
		census->others++;
		if (policy->polpermissive)
			census->has_other_permissive = true;
	}
}

} // namespace

List *relations_with_domain(Oid domain) {
	check_stack_depth();
	List *relations = NIL;
	Relation catalog = table_open(DependRelationId, AccessShareLock);
	ScanKeyData keys[2];
	ScanKeyInit(&keys[0], Anum_pg_depend_refclassid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(TypeRelationId));
	ScanKeyInit(&keys[1], Anum_pg_depend_refobjid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(domain));
	SysScanDesc scan = systable_beginscan(catalog, DependReferenceIndexId, true, nullptr, 2, keys);
	HeapTuple tuple;
	while (HeapTupleIsValid(tuple = systable_getnext(scan))) {
		auto *user = reinterpret_cast<Form_pg_depend>(GETSTRUCT(tuple));
		if (user->classid == TypeRelationId && get_typtype(user->objid) == TYPTYPE_DOMAIN)
			relations = list_concat_unique_oid(relations, relations_with_domain(user->objid));
		else if (user->classid == RelationRelationId && user->objsubid > 0)
			relations = list_append_unique_oid(relations, user->objid);
	}
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
	return relations;
}

List *parents_of(Oid relation) {
	List *parents = NIL;
	visit_rows(InheritsRelationId, InheritsRelidSeqnoIndexId, Anum_pg_inherits_inhrelid, relation,
			   [&parents](HeapTuple tuple, TupleDesc) {
				   parents =
					   lappend_oid(parents, reinterpret_cast<Form_pg_inherits>(GETSTRUCT(tuple))->inhparent);
			   });
	return parents;
}

PolicyCensus policies_of(Oid relation) {
	PolicyCensus census = {};
	visit_rows(
		PolicyRelationId, PolicyPolrelidPolnameIndexId, Anum_pg_policy_polrelid, relation,
		[&census](HeapTuple tuple, TupleDesc descriptor) { count_policy(tuple, descriptor, &census); });
	return census;
}

Oid extension_owner() {
	HeapTuple schema = SearchSysCache1(NAMESPACENAME, CStringGetDatum(registry::kSchema));
	if (!HeapTupleIsValid(schema))
		return InvalidOid;
	const Oid owner = reinterpret_cast<Form_pg_namespace>(GETSTRUCT(schema))->nspowner;
	ReleaseSysCache(schema);
	return owner;
}

bool has_leading_index(Oid relation, AttrNumber column) {
	Relation opened = table_open(relation, NoLock);
	bool found = false;
	ListCell *cell;
	foreach (cell, RelationGetIndexList(opened)) {
		Relation index = index_open(lfirst_oid(cell), AccessShareLock);
		if (index->rd_index->indkey.values[0] == column && RelationGetIndexPredicate(index) == NIL &&
			(index->rd_index->indisvalid || has_foreign_part(relation)))
			found = true;
		index_close(index, AccessShareLock);
	}
	table_close(opened, NoLock);
	return found;
}

void use_owners_search_path() {
	(void)set_config_option("search_path", "\"$user\", public", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE,
							true, 0, false);
}

} // namespace pg_tenant::isolation
