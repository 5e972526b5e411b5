#include "planning/trust.hpp"

#include "context/settings.hpp"
#include "pg/hash.hpp"
#include "planning/trust_decisions.hpp"
#include "planning/trust_list.hpp"

extern "C" {
#include "access/detoast.h"
#include "access/htup_details.h"
#include "catalog/pg_language_d.h"
#include "catalog/pg_type_d.h"
#include "mb/pg_wchar.h"
#include "nodes/nodeFuncs.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/plancache.h"
#include "utils/syscache.h"
#include "utils/typcache.h"
}

namespace pg_tenant::planning {
namespace {

// A backend with more entries than this starts its cache again.
constexpr long kMaxCached = 4096;
// Of a constant that is short.
constexpr Size kShortBytes = 1024 * 1024;

constexpr Family kLeakproof = {Trust::kAlways, Need::kNothing, "leakproof"};
constexpr Family kDecided = {Trust::kAlways, Need::kNothing, "decided"};

// What is to be known of a function apart from its calls.
struct Verdict {
	Oid function;
	uint64 generation;
	const Family *family; // NULL: never trusted
};

HTAB *cache = nullptr;
uint64 generation = 1;
Oid decisions = InvalidOid; // the table, once a verdict depends on it
bool is_any_known_distrusted = false;

// Leakproof is what the whole function was found to be: the planner takes SQL apart.
bool is_leakproof(HeapTuple function) {
	const auto *row = reinterpret_cast<const FormData_pg_proc *>(GETSTRUCT(function));
	return row->proleakproof && row->prolang != SQLlanguageId;
}

const Family *family_of(HeapTuple function, Decision decision) {
	// The server lets it run there anyway.
	if (is_leakproof(function))
		return &kLeakproof;
	if (decision == Decision::kDistrusted)
		return nullptr;
	const Family *listed =
		builtin_family(reinterpret_cast<const FormData_pg_proc *>(GETSTRUCT(function))->oid);
	if (listed == nullptr)
		listed = extension_family(function);
	return listed == nullptr && decision == Decision::kTrusted ? &kDecided : listed;
}

// Reads until no message arrived meanwhile.
Verdict judge(Oid function) {
	Verdict verdict = {function, 0, nullptr};
	uint64 seen;
	do {
		AcceptInvalidationMessages();
		seen = generation;
		HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
		if (!HeapTupleIsValid(tuple))
			return verdict;
		// Before it is read: a message about it may arrive meanwhile, which forgets it too.
		const Oid table = decisions = decisions_table();
		const Decided decided = decision_about(tuple, table);
		is_any_known_distrusted = decided.is_any_distrusted;
		verdict.family = family_of(tuple, decided.decision);
		ReleaseSysCache(tuple);
		AcceptInvalidationMessages();
	} while (seen != generation);
	// Without the table nobody would tell of a change: valid for this call only.
	verdict.generation = OidIsValid(decisions) ? seen : 0;
	return verdict;
}

void create_cache() {
	if (cache != nullptr)
		hash_destroy(cache);
	cache = nullptr;
	cache = pg::make_hash_table<Oid, Verdict>("pg_tenant trust", 64, CacheMemoryContext);
}

const Family *known_family(Oid function) {
	if (cache == nullptr || hash_get_num_entries(cache) > kMaxCached)
		create_cache();
	const auto *found = static_cast<const Verdict *>(hash_search(cache, &function, HASH_FIND, nullptr));
	if (likely(found != nullptr && found->generation == generation))
		return found->family;
	const Verdict verdict = judge(function);
	*static_cast<Verdict *>(hash_search(cache, &function, HASH_ENTER, nullptr)) = verdict;
	return verdict.family;
}

// The server's folding fails for no text in these: others are converted to wide characters, or to UTF-8, and
// not all of their characters can be.
bool can_fold() { return GetDatabaseEncoding() == PG_UTF8 || GetDatabaseEncoding() == PG_SQL_ASCII; }

bool is_plain(Oid collation) { return OidIsValid(collation) && get_collation_isdeterministic(collation); }

Trust trust_of_types(Oid function, Oid collation, const List *types);

// Whether the type's own order and equality are trusted.
bool is_comparison_trusted(Oid type, Oid collation) {
	check_stack_depth();
	const TypeCacheEntry *entry = lookup_type_cache(type, TYPECACHE_EQ_OPR | TYPECACHE_CMP_PROC);
	if (!OidIsValid(entry->eq_opr) || !OidIsValid(entry->cmp_proc))
		return false;
	const List *types = list_make1_oid(type);
	return trust_of_types(get_opcode(entry->eq_opr), collation, types) == Trust::kAlways &&
		   trust_of_types(entry->cmp_proc, collation, types) == Trust::kAlways;
}

bool are_elements_trusted(const List *types, Oid collation) {
	const ListCell *cell;
	foreach (cell, types) {
		const Oid element = get_base_element_type(lfirst_oid(cell));
		if (!OidIsValid(element) || !is_comparison_trusted(element, collation))
			return false;
	}
	return types != NIL;
}

// The canonical function makes ranges of others, the difference estimates how many rows there are: that of
// numrange fails for bounds that differ by more than a double precision can hold.
bool are_bounds_trusted(const TypeCacheEntry *range) {
	const Oid canonical = range->rng_canonical_finfo.fn_oid;
	const Oid difference = range->rng_subdiff_finfo.fn_oid;
	const bool is_canonical_known = !OidIsValid(canonical) || canonical == F_INT4RANGE_CANONICAL ||
									canonical == F_INT8RANGE_CANONICAL || canonical == F_DATERANGE_CANONICAL;
	const bool is_difference_known = !OidIsValid(difference) || difference == F_INT4RANGE_SUBDIFF ||
									 difference == F_INT8RANGE_SUBDIFF || difference == F_DATERANGE_SUBDIFF ||
									 difference == F_TSRANGE_SUBDIFF || difference == F_TSTZRANGE_SUBDIFF;
	return is_canonical_known && is_difference_known &&
		   trust_of_types(range->rng_cmp_proc_finfo.fn_oid, range->rng_collation,
						  list_make1_oid(range->rngelemtype->type_id)) == Trust::kAlways;
}

// The range type that a type is, or is made of; NULL for others, such as the element that a range may
// contain.
const TypeCacheEntry *range_of(Oid type) {
	const Oid element = get_base_element_type(type);
	const Oid base = OidIsValid(element) ? element : getBaseType(type);
	if (type_is_range(base))
		return lookup_type_cache(base, TYPECACHE_RANGE_INFO);
	if (type_is_multirange(base))
		return lookup_type_cache(base, TYPECACHE_MULTIRANGE_INFO)->rngtype;
	return nullptr;
}

bool are_ranges_trusted(const List *types) {
	bool is_found = false;
	const ListCell *cell;
	foreach (cell, types) {
		const TypeCacheEntry *range = range_of(lfirst_oid(cell));
		if (range != nullptr && !are_bounds_trusted(range))
			return false;
		is_found = is_found || range != nullptr;
	}
	return is_found;
}

// What can be told without the arguments themselves.
bool is_met(Need need, Oid collation, const List *types) {
	switch (need) {
	case Need::kNothing:
		return true;
	case Need::kCollation:
		return is_plain(collation);
	case Need::kFolding:
		return is_plain(collation) && can_fold();
	case Need::kEncoding:
		return can_fold();
	case Need::kElements:
		return are_elements_trusted(types, collation);
	case Need::kRanges:
		return are_ranges_trusted(types);
	case Need::kShort:
	case Need::kJsonPath:
		break;
	}
	return false;
}

// Whatever it is called with.
bool is_never_trusted(const Family *family) {
	return family == nullptr ||
		   (context::trusted_operators == context::kOnlyLeakproof && family != &kLeakproof);
}

Trust trust_of_types(Oid function, Oid collation, const List *types) {
	const Family *family = known_family(function);
	if (is_never_trusted(family))
		return Trust::kNever;
	return is_met(family->need, collation, types) ? family->trust : Trust::kNever;
}

const Const *constant(const Node *node) {
	while (node != nullptr && IsA(node, RelabelType))
		node = reinterpret_cast<const Node *>(reinterpret_cast<const RelabelType *>(node)->arg);
	return node != nullptr && IsA(node, Const) ? reinterpret_cast<const Const *>(node) : nullptr;
}

bool is_short(const Node *argument) {
	const Const *value = constant(argument);
	return value != nullptr &&
		   (value->constisnull ||
			(value->constlen == -1 && toast_raw_datum_size(value->constvalue) <= kShortBytes));
}

bool is_met_by(Need need, const List *arguments) {
	if (!can_fold() || list_length(arguments) != 2)
		return false;
	const auto *left = static_cast<const Node *>(linitial(arguments));
	const auto *right = static_cast<const Node *>(lsecond(arguments));
	if (need == Need::kShort)
		return is_short(left) || is_short(right);
	const Const *path = constant(right);
	return path != nullptr && path->consttype == JSONPATHOID &&
		   (path->constisnull || is_harmless_path(path->constvalue));
}

const char *text_of(Trust trust) {
	switch (trust) {
	case Trust::kLikePattern:
		return "the pattern is a constant or a parameter, and valid; ";
	case Trust::kRegexPattern:
		return "the regular expression is a constant or a parameter, and valid; ";
	case Trust::kNever:
	case Trust::kAlways:
		break;
	}
	return "";
}

const char *text_of(Need need) {
	switch (need) {
	case Need::kNothing:
		break;
	case Need::kCollation:
		return "the collation is deterministic";
	case Need::kFolding:
		return "the collation is deterministic, the database's encoding UTF8 or SQL_ASCII";
	case Need::kEncoding:
		return "the database's encoding is UTF8 or SQL_ASCII";
	case Need::kShort:
		return "one text is a constant of at most 1 MB, the database's encoding UTF8 or SQL_ASCII";
	case Need::kJsonPath:
		return "the jsonpath is a constant of access, comparison and logic, the database's encoding UTF8 or "
			   "SQL_ASCII";
	case Need::kElements:
		return "the equality and order of the elements are trusted";
	case Need::kRanges:
		return "the order of the bounds is trusted; not numrange";
	}
	return nullptr;
}

struct Visitor {
	Visit visit;
	void *context;
};

void visit_listed(Oid function, const Family &family, void *context) {
	HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
	if (!HeapTupleIsValid(tuple))
		return;
	const Decision decision = decision_about(tuple, decisions_table()).decision;
	ReleaseSysCache(tuple);
	const char *need = text_of(family.need);
	const auto *visitor = static_cast<const Visitor *>(context);
	if (decision != Decision::kDistrusted)
		visitor->visit(function, family.why,
					   need == nullptr ? nullptr : psprintf("%s%s", text_of(family.trust), need),
					   visitor->context);
}

void function_changed(Datum, int, uint32) { generation++; }

} // namespace

Trust trust_of(Oid function, Oid collation, const List *arguments) {
	const Family *family = known_family(function);
	if (is_never_trusted(family))
		return Trust::kNever;
	if (family->need == Need::kNothing)
		return family->trust;
	if (family->need == Need::kShort || family->need == Need::kJsonPath)
		return is_met_by(family->need, arguments) ? family->trust : Trust::kNever;
	List *types = NIL;
	const ListCell *cell;
	foreach (cell, arguments)
		types = lappend_oid(types, exprType(static_cast<const Node *>(lfirst(cell))));
	return trust_of_types(function, collation, types);
}

bool is_any_distrusted() { return is_any_known_distrusted; }

void visit_trusted(Visit visit, void *context) {
	Visitor visitor = {visit, context};
	visit_builtins(visit_listed, &visitor);
	visit_extensions(visit_listed, &visitor);
}

void watch_functions() { CacheRegisterSyscacheCallback(PROCOID, function_changed, 0); }

void forget_trust(Oid relation) {
	if (OidIsValid(relation) && relation != decisions)
		return;
	generation++;
	decisions = InvalidOid;
	ResetPlanCache();
}

} // namespace pg_tenant::planning
