// Functions of extensions on the trusted list. What a function does is its code: the symbol of the
// extension's own library, which only superusers can bind to a name. Membership alone would be the
// extension's owner's to give, who need not be one.
//
// Read and left out:
// - intarray: its operators raise "array must not contain nulls" for a stored array that has one.
// - ltree's operators on arrays raise the same, and for arrays of more than one dimension.
// - btree_gin adds no operator: its indexes serve the server's own.
// - pgvector's operators raise where the dimensions of two vectors differ, as a column of unbounded vectors
//   allows.
// - PostGIS's boxes: nothing is listed that the fuzz test cannot reach, and it has no PostGIS.
#include "planning/trust_list.hpp"

#include <cstring>

extern "C" {
#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/dependency.h"
#include "catalog/indexing.h"
#include "catalog/pg_depend.h"
#include "catalog/pg_extension_d.h"
#include "catalog/pg_language_d.h"
#include "commands/extension.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/fmgrtab.h"
#include "utils/syscache.h"
}

namespace pg_tenant::planning {
namespace {

const char *const kSimilarity[] = {"similarity", "similarity_op", "similarity_dist"};
const char *const kWordSimilarity[] = {"word_similarity",
									   "word_similarity_op",
									   "word_similarity_commutator_op",
									   "word_similarity_dist_op",
									   "word_similarity_dist_commutator_op",
									   "strict_word_similarity",
									   "strict_word_similarity_op",
									   "strict_word_similarity_commutator_op",
									   "strict_word_similarity_dist_op",
									   "strict_word_similarity_dist_commutator_op"};
const char *const kCitext[] = {"citext_eq",         "citext_ne",         "citext_lt",
							   "citext_le",         "citext_gt",         "citext_ge",
							   "citext_cmp",        "citext_pattern_lt", "citext_pattern_le",
							   "citext_pattern_gt", "citext_pattern_ge", "citext_pattern_cmp"};
const char *const kHstore[] = {"hstore_fetchval", "hstore_exists",   "hstore_exists_any", "hstore_exists_all",
							   "hstore_defined",  "hstore_contains", "hstore_contained",  "hstore_eq",
							   "hstore_ne",       "hstore_lt",       "hstore_le",         "hstore_gt",
							   "hstore_ge",       "hstore_cmp"};
const char *const kLtree[] = {"ltree_eq", "ltree_ne",  "ltree_lt",       "ltree_le",        "ltree_gt",
							  "ltree_ge", "ltree_cmp", "ltree_isparent", "ltree_risparent", "nlevel"};
const char *const kLquery[] = {"ltq_regex", "ltq_rregex", "ltxtq_exec", "ltxtq_rexec"};

struct Entry {
	const char *extension;
	Family family;
	const char *const *symbols;
	std::size_t count;
};

#define SYMBOLS(array) array, lengthof(array)

const Entry kEntries[] = {
	{"pg_trgm",
	 {Trust::kAlways, Need::kEncoding, "counts trigrams; the threshold is a setting"},
	 SYMBOLS(kSimilarity)},
	{"pg_trgm",
	 {Trust::kAlways, Need::kShort,
	  "counts trigrams; raises only for two texts of hundreds of megabytes together"},
	 SYMBOLS(kWordSimilarity)},
	{"citext", {Trust::kAlways, Need::kFolding, "compares texts in lower case"}, SYMBOLS(kCitext)},
	{"hstore",
	 {Trust::kAlways, Need::kNothing, "looks keys and values up; what is not there is NULL or false"},
	 SYMBOLS(kHstore)},
	{"ltree",
	 {Trust::kAlways, Need::kNothing, "compares labels that were checked when they were stored"},
	 SYMBOLS(kLtree)},
	{"ltree",
	 {Trust::kAlways, Need::kEncoding, "matches labels, in lower case where asked"},
	 SYMBOLS(kLquery)},
};

bool has_symbol(const Entry &entry, const char *symbol) {
	for (std::size_t i = 0; i < entry.count; i++) {
		if (strcmp(entry.symbols[i], symbol) == 0)
			return true;
	}
	return false;
}

// The text of a column that may be NULL.
const char *column_text(HeapTuple function, AttrNumber column) {
	bool is_null;
	const Datum value = SysCacheGetAttr(PROCOID, function, column, &is_null);
	return is_null ? "" : TextDatumGetCString(value);
}

const Family *family_of_member(const char *extension, HeapTuple function) {
	const auto *row = reinterpret_cast<const FormData_pg_proc *>(GETSTRUCT(function));
	const char *symbol = column_text(function, Anum_pg_proc_prosrc);
	// citext gives the server's LIKE and regular expressions other types of arguments.
	if (row->prolang == INTERNALlanguageId)
		return strcmp(extension, "citext") == 0 ? builtin_family(fmgr_internal_function(symbol)) : nullptr;
	// Only functions in C have one.
	if (strcmp(column_text(function, Anum_pg_proc_probin), psprintf("$libdir/%s", extension)) != 0)
		return nullptr;
	for (const Entry &entry : kEntries) {
		if (strcmp(entry.extension, extension) == 0 && has_symbol(entry, symbol))
			return &entry.family;
	}
	return nullptr;
}

void visit_member(const char *extension, Oid member, VisitFamily visit, void *context) {
	HeapTuple function = SearchSysCache1(PROCOID, ObjectIdGetDatum(member));
	if (!HeapTupleIsValid(function))
		return;
	const Family *family = family_of_member(extension, function);
	ReleaseSysCache(function);
	if (family != nullptr)
		visit(member, *family, context);
}

void visit_members(const char *name, Oid extension, VisitFamily visit, void *context) {
	ScanKeyData keys[2];
	ScanKeyInit(&keys[0], Anum_pg_depend_refclassid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(ExtensionRelationId));
	ScanKeyInit(&keys[1], Anum_pg_depend_refobjid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(extension));
	Relation catalog = table_open(DependRelationId, AccessShareLock);
	SysScanDesc scan =
		systable_beginscan(catalog, DependReferenceIndexId, true, nullptr, lengthof(keys), keys);
	HeapTuple tuple;
	while (HeapTupleIsValid(tuple = systable_getnext(scan))) {
		const auto *row = reinterpret_cast<const FormData_pg_depend *>(GETSTRUCT(tuple));
		if (row->classid == ProcedureRelationId && row->deptype == DEPENDENCY_EXTENSION)
			visit_member(name, row->objid, visit, context);
	}
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
}

} // namespace

const Family *extension_family(HeapTuple function) {
	const auto *row = reinterpret_cast<const FormData_pg_proc *>(GETSTRUCT(function));
	const Oid extension = getExtensionOfObject(ProcedureRelationId, row->oid);
	return OidIsValid(extension) ? family_of_member(get_extension_name(extension), function) : nullptr;
}

void visit_extensions(VisitFamily visit, void *context) {
	const char *last = "";
	for (const Entry &entry : kEntries) {
		const Oid extension = get_extension_oid(entry.extension, true);
		if (OidIsValid(extension) && strcmp(entry.extension, last) != 0)
			visit_members(entry.extension, extension, visit, context);
		last = entry.extension;
	}
}

} // namespace pg_tenant::planning
