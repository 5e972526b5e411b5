#include "registry/relations.hpp"

#include <cstring>

#include "pg/compat.hpp"
#include "pg/hash.hpp"

extern "C" {
#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/transam.h"
#include "catalog/namespace.h"
#include "catalog/pg_class_d.h"
#include "catalog/pg_seclabel.h"
#include "catalog/pg_type_d.h"
#include "nodes/primnodes.h"
#include "parser/parsetree.h"
#include "rewrite/rowsecurity.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
}

namespace pg_tenant::registry {
namespace {

struct Entry {
	Oid relation;
	Protection protection;
	Deletion deletion;
};

// As many entries as the server's own cache of relations may have: a message removes its relation's. One that
// names none voids all.
HTAB *cache = nullptr;
bool is_void = true;
// A statement asks of the same few relations again and again: those of the cache that were asked about last.
constexpr Oid kRecent = 256;
Entry recent[kRecent];
// Counts every message, to notice those that arrive while an entry is made.
uint64 messages = 0;

constexpr const char *kTypedFunctions[] = {"current_uuid", "current_text", "current_bigint", "current_int"};

bool is_typed_function(Oid function) {
	const Oid schema = get_namespace_oid(kSchema, true);
	if (!OidIsValid(schema) || get_func_namespace(function) != schema)
		return false;
	const char *name = get_func_name(function);
	for (const char *typed : kTypedFunctions) {
		if (name != nullptr && strcmp(name, typed) == 0)
			return true;
	}
	return false;
}

bool is_plain_equality(Oid function) {
	return function == F_UUID_EQ || function == F_TEXTEQ || function == F_INT8EQ || function == F_INT4EQ;
}

bool is_for_everyone(const RowSecurityPolicy *policy) {
	const ArrayType *roles = policy->roles;
	if (roles == nullptr || ARR_DIMS(roles)[0] < 1)
		return false;
	return *reinterpret_cast<const Oid *>(ARR_DATA_PTR(roles)) == ACL_ID_PUBLIC;
}

constexpr Protection kNone = {InvalidAttrNumber, InvalidOid, InvalidOid, InvalidOid, InvalidOid};

Protection protection_by(Relation relation, AttrNumber column) {
	Protection protection = kNone;
	if (column != InvalidAttrNumber) {
		protection.column = column;
		protection.type = TupleDescAttr(RelationGetDescr(relation), column - 1)->atttypid;
	}
	return protection;
}

Protection protection_by_policy(Relation relation, const RowSecurityPolicy *policy) {
	if (strcmp(policy->policy_name, kIsolationPolicy) != 0 || policy->permissive || policy->polcmd != '*' ||
		!is_for_everyone(policy))
		return kNone;
	Protection protection = protection_by(relation, column_of_qual(policy->qual));
	// A check that differs from the filter would let rows be written that nobody sees, or worse.
	if (protection.column == InvalidAttrNumber ||
		(policy->with_check_qual != nullptr && !equal(policy->qual, policy->with_check_qual)))
		return kNone;
	auto *comparison = reinterpret_cast<const OpExpr *>(policy->qual);
	protection.equality = comparison->opno;
	protection.collation = comparison->inputcollid;
	protection.function = lsecond_node(FuncExpr, comparison->args)->funcid;
	return protection;
}

AttrNumber labelled_column(Oid relation) {
	AttrNumber column = InvalidAttrNumber;
	Relation catalog = table_open(SecLabelRelationId, AccessShareLock);
	ScanKeyData keys[2];
	ScanKeyInit(&keys[0], Anum_pg_seclabel_objoid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(relation));
	ScanKeyInit(&keys[1], Anum_pg_seclabel_classoid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(RelationRelationId));
	SysScanDesc scan = systable_beginscan(catalog, SecLabelObjectIndexId, true, nullptr, 2, keys);
	HeapTuple tuple;
	while (HeapTupleIsValid(tuple = systable_getnext(scan))) {
		const int32 number = reinterpret_cast<FormData_pg_seclabel *>(GETSTRUCT(tuple))->objsubid;
		bool is_null;
		const Datum provider =
			heap_getattr(tuple, Anum_pg_seclabel_provider, RelationGetDescr(catalog), &is_null);
		if (number > 0 && strcmp(TextDatumGetCString(provider), kLabelProvider) == 0)
			column = static_cast<AttrNumber>(number);
	}
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
	return column;
}

bool is_deletion_call(const Expr *condition) {
	if (condition == nullptr || !IsA(condition, FuncExpr))
		return false;
	const Oid function = reinterpret_cast<const FuncExpr *>(condition)->funcid;
	const char *name = get_func_name(function);
	return name != nullptr && strcmp(name, "is_unasked_delete") == 0 &&
		   get_func_namespace(function) == get_namespace_oid(kSchema, true);
}

// Columns as arguments of a call follow their renames, and cannot be dropped without the trigger.
AttrNumber column_argument(const Expr *call, int number) {
	const List *arguments = reinterpret_cast<const FuncExpr *>(call)->args;
	if (list_length(arguments) <= number)
		return InvalidAttrNumber;
	auto *argument = static_cast<Node *>(list_nth(arguments, number));
	while (IsA(argument, RelabelType))
		argument = reinterpret_cast<Node *>(reinterpret_cast<RelabelType *>(argument)->arg);
	return IsA(argument, Var) ? reinterpret_cast<Var *>(argument)->varattno : InvalidAttrNumber;
}

// A trigger that somebody made himself may name any column.
bool holds_null(Relation relation, AttrNumber column, Oid type) {
	if (column <= 0)
		return false;
	const Form_pg_attribute attribute = TupleDescAttr(RelationGetDescr(relation), column - 1);
	return attribute->atttypid == type && !attribute->attnotnull && attribute->attgenerated == '\0';
}

// Whether or not it is enabled: pg_restore disables all triggers while it loads rows.
Deletion read_deletion(Relation relation) {
	const TriggerDesc *triggers = relation->trigdesc;
	for (int i = 0; triggers != nullptr && i < triggers->numtriggers; i++) {
		const Trigger &trigger = triggers->triggers[i];
		if (strcmp(trigger.tgname, kDeletionTrigger) != 0 || trigger.tgqual == nullptr)
			continue;
		auto *condition = static_cast<Expr *>(stringToNode(trigger.tgqual));
		if (!is_deletion_call(condition))
			continue;
		const Deletion deletion = {column_argument(condition, 0), column_argument(condition, 1)};
		if (holds_null(relation, deletion.at, TIMESTAMPTZOID) &&
			(deletion.by == InvalidAttrNumber || holds_null(relation, deletion.by, TEXTOID)))
			return deletion;
	}
	return {InvalidAttrNumber, InvalidAttrNumber};
}

void load(Oid relation, Entry *entry) {
	entry->protection = kNone;
	entry->deletion = {InvalidAttrNumber, InvalidAttrNumber};
	Relation opened = RelationIdGetRelation(relation);
	if (!RelationIsValid(opened))
		return;
	entry->protection = read_protection(opened);
	entry->deletion = read_deletion(opened);
	RelationClose(opened);
}

void create_cache() {
	if (cache != nullptr)
		hash_destroy(cache);
	cache = nullptr;
	cache = pg::make_hash_table<Oid, Entry>("pg_tenant relations", 256, CacheMemoryContext);
	is_void = false;
}

// Good until the next call.
const Entry &entry_of(Oid relation) {
	Entry *latest = &recent[relation % kRecent];
	if (likely(latest->relation == relation))
		return *latest;
	if (unlikely(is_void))
		create_cache();
	auto *found = static_cast<Entry *>(hash_search(cache, &relation, HASH_FIND, nullptr));
	if (unlikely(found == nullptr)) {
		Entry loaded;
		uint64 seen;
		do {
			seen = messages;
			load(relation, &loaded);
		} while (seen != messages);
		loaded.relation = relation;
		found = static_cast<Entry *>(hash_search(cache, &relation, HASH_ENTER, nullptr));
		*found = loaded;
	}
	*latest = *found;
	return *latest;
}

void add_use(ProtectedUse *use, Oid relation, const Protection &protection) {
	if (!OidIsValid(use->any))
		use->any = relation;
	if (protection.type == UUIDOID)
		use->as_uuid = relation;
	else if (protection.type == INT8OID)
		use->as_bigint = relation;
	else if (protection.type == INT4OID)
		use->as_int = relation;
}

} // namespace

AttrNumber column_of_qual(const Expr *qual) {
	if (qual == nullptr || !IsA(qual, OpExpr))
		return InvalidAttrNumber;
	auto *comparison = reinterpret_cast<const OpExpr *>(qual);
	if (list_length(comparison->args) != 2 || !is_plain_equality(get_opcode(comparison->opno)))
		return InvalidAttrNumber;
	auto *left = static_cast<Node *>(linitial(comparison->args));
	// A varchar column is compared as text; pg_dump writes that cast out.
	while (IsA(left, RelabelType))
		left = reinterpret_cast<Node *>(reinterpret_cast<RelabelType *>(left)->arg);
	auto *right = static_cast<Node *>(lsecond(comparison->args));
	if (!IsA(left, Var) || !IsA(right, FuncExpr))
		return InvalidAttrNumber;
	if (!is_typed_function(reinterpret_cast<FuncExpr *>(right)->funcid))
		return InvalidAttrNumber;
	return reinterpret_cast<Var *>(left)->varattno;
}

bool needs_label(char kind) { return kind == RELKIND_MATVIEW || kind == RELKIND_FOREIGN_TABLE; }

Protection read_protection(Relation relation) {
	if (needs_label(relation->rd_rel->relkind))
		return protection_by(relation, labelled_column(RelationGetRelid(relation)));
	if (relation->rd_rel->relrowsecurity && relation->rd_rsdesc != nullptr) {
		ListCell *cell;
		foreach (cell, relation->rd_rsdesc->policies) {
			const Protection protection =
				protection_by_policy(relation, static_cast<RowSecurityPolicy *>(lfirst(cell)));
			if (protection.column != InvalidAttrNumber)
				return protection;
		}
	}
	return kNone;
}

Protection protection_of(Oid relation) {
	return relation < FirstNormalObjectId ? kNone : entry_of(relation).protection;
}

Deletion deletion_of(Oid relation) {
	return relation < FirstNormalObjectId ? Deletion{InvalidAttrNumber, InvalidAttrNumber}
										  : entry_of(relation).deletion;
}

ProtectedUse protected_use(const PlannedStmt *plan) {
	ProtectedUse use = {};
	ListCell *cell;
	foreach (cell, plan->rtable) {
		auto *entry = static_cast<RangeTblEntry *>(lfirst(cell));
		if (entry->rtekind != RTE_RELATION || entry->relid < FirstNormalObjectId)
			continue;
		const Entry &known = entry_of(entry->relid);
		use.soft_deletes = use.soft_deletes || known.deletion.at != InvalidAttrNumber;
		if (known.protection.column != InvalidAttrNumber)
			add_use(&use, entry->relid, known.protection);
	}
	if (!OidIsValid(use.any))
		return use;
	foreach (cell, plan->resultRelations) {
		const Oid target = rt_fetch(lfirst_int(cell), plan->rtable)->relid;
		if (protection_of(target).column != InvalidAttrNumber)
			use.written = target;
	}
	return use;
}

ProtectedUse use_of_written(Oid relation) {
	ProtectedUse use = {};
	use.written = relation;
	add_use(&use, relation, protection_of(relation));
	return use;
}

void forget_relation(Oid relation) {
	messages++;
	if (!OidIsValid(relation)) {
		is_void = true;
		memset(recent, 0, sizeof(recent));
		return;
	}
	recent[relation % kRecent].relation = InvalidOid;
	if (!is_void)
		(void)hash_search(cache, &relation, HASH_REMOVE, nullptr);
}

} // namespace pg_tenant::registry
