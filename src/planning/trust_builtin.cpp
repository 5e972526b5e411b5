// The server's own functions on the trusted list. Of each the C source was read, in every supported version.
// What "raises nothing" leaves out is said once, in doc/trusted_operators.md: memory, for values of hundreds
// of megabytes.
#include "planning/trust_list.hpp"

extern "C" {
#include "utils/fmgroids.h"
}

namespace pg_tenant::planning {
namespace {

constexpr Oid kNumeric[] = {F_NUMERIC_EQ, F_NUMERIC_NE,  F_NUMERIC_LT,   F_NUMERIC_LE,           F_NUMERIC_GT,
							F_NUMERIC_GE, F_NUMERIC_CMP, F_HASH_NUMERIC, F_HASH_NUMERIC_EXTENDED};
constexpr Oid kEnum[] = {F_ENUM_EQ, F_ENUM_NE,  F_ENUM_LT,  F_ENUM_LE,         F_ENUM_GT,
						 F_ENUM_GE, F_ENUM_CMP, F_HASHENUM, F_HASHENUMEXTENDED};
constexpr Oid kLike[] = {F_TEXTLIKE,       F_TEXTNLIKE,        F_BPCHARLIKE,     F_BPCHARNLIKE,
						 F_NAMELIKE,       F_NAMENLIKE,        F_LIKE_TEXT_TEXT, F_NOTLIKE_TEXT_TEXT,
						 F_LIKE_NAME_TEXT, F_NOTLIKE_NAME_TEXT};
constexpr Oid kFoldedLike[] = {F_TEXTICLIKE,    F_TEXTICNLIKE, F_BPCHARICLIKE,
							   F_BPCHARICNLIKE, F_NAMEICLIKE,  F_NAMEICNLIKE};
constexpr Oid kRegex[] = {F_TEXTREGEXEQ,   F_TEXTREGEXNE,   F_TEXTICREGEXEQ,   F_TEXTICREGEXNE,
						  F_BPCHARREGEXEQ, F_BPCHARREGEXNE, F_BPCHARICREGEXEQ, F_BPCHARICREGEXNE,
						  F_NAMEREGEXEQ,   F_NAMEREGEXNE,   F_NAMEICREGEXEQ,   F_NAMEICREGEXNE};
constexpr Oid kFolding[] = {F_LOWER_TEXT, F_UPPER_TEXT};
constexpr Oid kLength[] = {F_LENGTH_TEXT,       F_CHAR_LENGTH_TEXT,    F_CHARACTER_LENGTH_TEXT,
						   F_LENGTH_BPCHAR,     F_CHAR_LENGTH_BPCHAR,  F_CHARACTER_LENGTH_BPCHAR,
						   F_OCTET_LENGTH_TEXT, F_OCTET_LENGTH_BPCHAR, F_OCTET_LENGTH_BYTEA,
						   F_LENGTH_BYTEA,      F_TEXT_BPCHAR};
constexpr Oid kSearch[] = {F_TS_MATCH_VQ,     F_TS_MATCH_QV, F_TSQ_MCONTAINS, F_TSQ_MCONTAINED,
						   F_LENGTH_TSVECTOR, F_TSVECTOR_EQ, F_TSVECTOR_NE,   F_TSVECTOR_LT,
						   F_TSVECTOR_LE,     F_TSVECTOR_GT, F_TSVECTOR_GE,   F_TSVECTOR_CMP,
						   F_TSQUERY_EQ,      F_TSQUERY_NE,  F_TSQUERY_LT,    F_TSQUERY_LE,
						   F_TSQUERY_GT,      F_TSQUERY_GE,  F_TSQUERY_CMP};
constexpr Oid kJson[] = {F_JSONB_OBJECT_FIELD,
						 F_JSONB_OBJECT_FIELD_TEXT,
						 F_JSONB_ARRAY_ELEMENT,
						 F_JSONB_ARRAY_ELEMENT_TEXT,
						 F_JSONB_EXTRACT_PATH,
						 F_JSONB_EXTRACT_PATH_TEXT,
						 F_JSONB_EXISTS,
						 F_JSONB_EXISTS_ANY,
						 F_JSONB_EXISTS_ALL,
						 F_JSONB_CONTAINS,
						 F_JSONB_CONTAINED,
						 F_JSONB_EQ,
						 F_JSONB_NE,
						 F_JSONB_LT,
						 F_JSONB_LE,
						 F_JSONB_GT,
						 F_JSONB_GE,
						 F_JSONB_CMP,
						 F_JSONB_HASH,
						 F_JSONB_HASH_EXTENDED};
constexpr Oid kJsonPath[] = {F_JSONB_PATH_EXISTS_OPR, F_JSONB_PATH_MATCH_OPR};
constexpr Oid kArrays[] = {F_ARRAY_EQ, F_ARRAY_NE,   F_ARRAY_LT,     F_ARRAY_LE,      F_ARRAY_GT,
						   F_ARRAY_GE, F_BTARRAYCMP, F_ARRAYOVERLAP, F_ARRAYCONTAINS, F_ARRAYCONTAINED};
constexpr Oid kArraySize[] = {F_ARRAY_LENGTH, F_ARRAY_NDIMS, F_ARRAY_LOWER, F_ARRAY_UPPER, F_CARDINALITY};
constexpr Oid kRanges[] = {F_RANGE_EQ,
						   F_RANGE_NE,
						   F_RANGE_LT,
						   F_RANGE_LE,
						   F_RANGE_GT,
						   F_RANGE_GE,
						   F_RANGE_CMP,
						   F_RANGE_OVERLAPS,
						   F_RANGE_CONTAINS,
						   F_RANGE_CONTAINED_BY,
						   F_RANGE_CONTAINS_ELEM,
						   F_ELEM_CONTAINED_BY_RANGE,
						   F_RANGE_BEFORE,
						   F_RANGE_AFTER,
						   F_RANGE_OVERLEFT,
						   F_RANGE_OVERRIGHT,
						   F_RANGE_ADJACENT,
						   F_MULTIRANGE_EQ,
						   F_MULTIRANGE_NE,
						   F_MULTIRANGE_LT,
						   F_MULTIRANGE_LE,
						   F_MULTIRANGE_GT,
						   F_MULTIRANGE_GE,
						   F_MULTIRANGE_CMP,
						   F_MULTIRANGE_OVERLAPS_MULTIRANGE,
						   F_MULTIRANGE_OVERLAPS_RANGE,
						   F_RANGE_OVERLAPS_MULTIRANGE,
						   F_MULTIRANGE_CONTAINS_MULTIRANGE,
						   F_MULTIRANGE_CONTAINS_RANGE,
						   F_MULTIRANGE_CONTAINS_ELEM,
						   F_RANGE_CONTAINS_MULTIRANGE,
						   F_MULTIRANGE_CONTAINED_BY_MULTIRANGE,
						   F_MULTIRANGE_CONTAINED_BY_RANGE,
						   F_RANGE_CONTAINED_BY_MULTIRANGE,
						   F_ELEM_CONTAINED_BY_MULTIRANGE,
						   F_MULTIRANGE_BEFORE_MULTIRANGE,
						   F_MULTIRANGE_BEFORE_RANGE,
						   F_RANGE_BEFORE_MULTIRANGE,
						   F_MULTIRANGE_AFTER_MULTIRANGE,
						   F_MULTIRANGE_AFTER_RANGE,
						   F_RANGE_AFTER_MULTIRANGE,
						   F_MULTIRANGE_OVERLEFT_MULTIRANGE,
						   F_MULTIRANGE_OVERLEFT_RANGE,
						   F_RANGE_OVERLEFT_MULTIRANGE,
						   F_MULTIRANGE_OVERRIGHT_MULTIRANGE,
						   F_MULTIRANGE_OVERRIGHT_RANGE,
						   F_RANGE_OVERRIGHT_MULTIRANGE,
						   F_MULTIRANGE_ADJACENT_MULTIRANGE,
						   F_MULTIRANGE_ADJACENT_RANGE,
						   F_RANGE_ADJACENT_MULTIRANGE};
constexpr Oid kRangeBounds[] = {F_LOWER_ANYRANGE,     F_UPPER_ANYRANGE,     F_LOWER_INC_ANYRANGE,
								F_UPPER_INC_ANYRANGE, F_LOWER_INF_ANYRANGE, F_UPPER_INF_ANYRANGE,
								F_ISEMPTY_ANYRANGE};
constexpr Oid kNetwork[] = {F_NETWORK_SUB, F_NETWORK_SUBEQ, F_NETWORK_SUP, F_NETWORK_SUPEQ,
							F_NETWORK_OVERLAP};
constexpr Oid kTimes[] = {
	F_DATE_EQ_TIMESTAMP,         F_DATE_NE_TIMESTAMP,        F_DATE_LT_TIMESTAMP,
	F_DATE_LE_TIMESTAMP,         F_DATE_GT_TIMESTAMP,        F_DATE_GE_TIMESTAMP,
	F_DATE_CMP_TIMESTAMP,        F_DATE_EQ_TIMESTAMPTZ,      F_DATE_NE_TIMESTAMPTZ,
	F_DATE_LT_TIMESTAMPTZ,       F_DATE_LE_TIMESTAMPTZ,      F_DATE_GT_TIMESTAMPTZ,
	F_DATE_GE_TIMESTAMPTZ,       F_DATE_CMP_TIMESTAMPTZ,     F_TIMESTAMP_EQ_DATE,
	F_TIMESTAMP_NE_DATE,         F_TIMESTAMP_LT_DATE,        F_TIMESTAMP_LE_DATE,
	F_TIMESTAMP_GT_DATE,         F_TIMESTAMP_GE_DATE,        F_TIMESTAMP_CMP_DATE,
	F_TIMESTAMP_EQ_TIMESTAMPTZ,  F_TIMESTAMP_NE_TIMESTAMPTZ, F_TIMESTAMP_LT_TIMESTAMPTZ,
	F_TIMESTAMP_LE_TIMESTAMPTZ,  F_TIMESTAMP_GT_TIMESTAMPTZ, F_TIMESTAMP_GE_TIMESTAMPTZ,
	F_TIMESTAMP_CMP_TIMESTAMPTZ, F_TIMESTAMPTZ_EQ_DATE,      F_TIMESTAMPTZ_NE_DATE,
	F_TIMESTAMPTZ_LT_DATE,       F_TIMESTAMPTZ_LE_DATE,      F_TIMESTAMPTZ_GT_DATE,
	F_TIMESTAMPTZ_GE_DATE,       F_TIMESTAMPTZ_CMP_DATE,     F_TIMESTAMPTZ_EQ_TIMESTAMP,
	F_TIMESTAMPTZ_NE_TIMESTAMP,  F_TIMESTAMPTZ_LT_TIMESTAMP, F_TIMESTAMPTZ_LE_TIMESTAMP,
	F_TIMESTAMPTZ_GT_TIMESTAMP,  F_TIMESTAMPTZ_GE_TIMESTAMP, F_TIMESTAMPTZ_CMP_TIMESTAMP};

struct Entry {
	Family family;
	const Oid *functions;
	std::size_t count;
};

#define FUNCTIONS(array) array, lengthof(array)

constexpr Entry kEntries[] = {
	{{Trust::kAlways, Need::kNothing, "compares digits; every numeric, NaN and infinity too, has its place"},
	 FUNCTIONS(kNumeric)},
	{{Trust::kAlways, Need::kNothing, "compares places in the type's order; labels are never removed"},
	 FUNCTIONS(kEnum)},
	{{Trust::kLikePattern, Need::kCollation, "fails only for a pattern that ends in its escape character"},
	 FUNCTIONS(kLike)},
	{{Trust::kLikePattern, Need::kFolding, "the same as LIKE, of text in lower case"},
	 FUNCTIONS(kFoldedLike)},
	{{Trust::kRegexPattern, Need::kCollation, "fails only for an expression that is not valid"},
	 FUNCTIONS(kRegex)},
	{{Trust::kAlways, Need::kFolding, "each character of a valid text has a lower and an upper case"},
	 FUNCTIONS(kFolding)},
	{{Trust::kAlways, Need::kNothing, "counts or copies what is stored"}, FUNCTIONS(kLength)},
	{{Trust::kAlways, Need::kNothing,
	  "compares lexemes and positions that were checked when they were stored"},
	 FUNCTIONS(kSearch)},
	{{Trust::kAlways, Need::kNothing, "walks the stored document; what it does not have is NULL or false"},
	 FUNCTIONS(kJson)},
	{{Trust::kAlways, Need::kJsonPath, "hides the errors of access and comparison"}, FUNCTIONS(kJsonPath)},
	{{Trust::kAlways, Need::kElements, "compares elements by the comparison of their type"},
	 FUNCTIONS(kArrays)},
	{{Trust::kAlways, Need::kNothing, "reads the stored dimensions"}, FUNCTIONS(kArraySize)},
	{{Trust::kAlways, Need::kRanges, "compares bounds by the comparison of their type"}, FUNCTIONS(kRanges)},
	{{Trust::kAlways, Need::kNothing, "reads the stored bounds and flags"}, FUNCTIONS(kRangeBounds)},
	{{Trust::kAlways, Need::kNothing, "compares bits; families that differ are not contained"},
	 FUNCTIONS(kNetwork)},
	{{Trust::kAlways, Need::kNothing,
	  "compares by functions that take an overflow of the conversion for infinity"},
	 FUNCTIONS(kTimes)},
};

// OIDs from here on are assigned by initdb, not in the catalogs' source.
constexpr Oid kFirstUnassigned = 10000;

// For each function 1 + the index of its entry, or 0.
struct Index {
	uint8_t entry[kFirstUnassigned];
};

constexpr Index make_index() {
	Index index = {};
	for (std::size_t i = 0; i < lengthof(kEntries); i++) {
		for (std::size_t j = 0; j < kEntries[i].count; j++)
			index.entry[kEntries[i].functions[j]] = static_cast<uint8_t>(i + 1);
	}
	return index;
}

constexpr Index kIndex = make_index();

} // namespace

const Family *builtin_family(Oid function) {
	const int entry = function < kFirstUnassigned ? kIndex.entry[function] : 0;
	return entry == 0 ? nullptr : &kEntries[entry - 1].family;
}

void visit_builtins(VisitFamily visit, void *context) {
	for (const Entry &entry : kEntries) {
		for (std::size_t i = 0; i < entry.count; i++)
			visit(entry.functions[i], entry.family, context);
	}
}

} // namespace pg_tenant::planning
