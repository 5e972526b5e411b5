#include "planning/sizes.hpp"

#include <algorithm>
#include <cmath>

#include "context/settings.hpp"

extern "C" {
#include "access/htup_details.h"
#include "catalog/pg_class.h"
#include "catalog/pg_statistic.h"
#include "fmgr.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
}

namespace pg_tenant::planning {
namespace {

SizeClass size_of_rows(double rows) {
	return rows <= 1 ? 0 : static_cast<SizeClass>(std::min(255.0, std::round(kTenfold * std::log10(rows))));
}

// Those of a relation with its children, where it has any.
HeapTuple statistics_of(Oid relation, AttrNumber column) {
	for (const bool with_children : {true, false}) {
		HeapTuple tuple = SearchSysCache3(STATRELATTINH, ObjectIdGetDatum(relation), Int16GetDatum(column),
										  BoolGetDatum(with_children));
		if (HeapTupleIsValid(tuple))
			return tuple;
	}
	return nullptr;
}

double rows_of(Oid relation) {
	HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
	if (!HeapTupleIsValid(tuple))
		return 0;
	const double rows = reinterpret_cast<const FormData_pg_class *>(GETSTRUCT(tuple))->reltuples;
	ReleaseSysCache(tuple);
	return std::max(rows, 0.0);
}

double average_of_rest(const FormData_pg_statistic *statistics, const AttStatsSlot &common, double rows) {
	double share = 1 - statistics->stanullfrac;
	for (int i = 0; i < common.nnumbers; i++)
		share -= common.numbers[i];
	const double distinct =
		statistics->stadistinct < 0 ? -statistics->stadistinct * rows : statistics->stadistinct;
	return rows * std::max(share, 0.0) / std::max(distinct - common.nnumbers, 1.0);
}

// Returns how many are listed: only those that are not as big as the rest.
int list_tenants(const AttStatsSlot &common, double rows, SizeClass rest, TenantSize *tenants) {
	Oid output;
	bool is_varlena;
	getTypeOutputInfo(common.valuetype, &output, &is_varlena);
	int count = 0;
	for (int i = 0; i < common.nvalues; i++) {
		core::TenantId id;
		const char *text = OidOutputFunctionCall(output, common.values[i]);
		const SizeClass size = size_of_rows(rows * common.numbers[i]);
		if (size != rest && context::parse_tenant_id(text, &id) == core::IdFault::kNone)
			tenants[count++] = {id.hash, size};
	}
	std::sort(tenants, tenants + count,
			  [](const TenantSize &a, const TenantSize &b) { return a.tenant < b.tenant; });
	return count;
}

bool are_alike(const Sizes &sizes) {
	SizeClass least = sizes.rest;
	SizeClass most = sizes.rest;
	for (int i = 0; i < sizes.count; i++) {
		least = std::min(least, sizes.tenants[i].size);
		most = std::max(most, sizes.tenants[i].size);
	}
	return most - least < kTenfold;
}

} // namespace

Sizes read_sizes(Oid relation, AttrNumber column) {
	Sizes sizes = {0, nullptr, 0};
	const double rows = rows_of(relation);
	HeapTuple tuple = statistics_of(relation, column);
	AttStatsSlot common;
	if (!HeapTupleIsValid(tuple))
		return sizes;
	if (get_attstatsslot(&common, tuple, STATISTIC_KIND_MCV, InvalidOid,
						 ATTSTATSSLOT_VALUES | ATTSTATSSLOT_NUMBERS)) {
		auto *statistics = reinterpret_cast<const FormData_pg_statistic *>(GETSTRUCT(tuple));
		sizes.rest = size_of_rows(average_of_rest(statistics, common, rows));
		sizes.tenants = static_cast<TenantSize *>(palloc(sizeof(TenantSize) * common.nvalues));
		sizes.count = list_tenants(common, rows, sizes.rest, sizes.tenants);
		free_attstatsslot(&common);
	}
	ReleaseSysCache(tuple);
	if (are_alike(sizes))
		sizes.count = 0;
	return sizes;
}

SizeClass size_of(const Sizes &sizes, uint32 tenant) {
	const TenantSize *end = sizes.tenants + sizes.count;
	const TenantSize *found =
		std::lower_bound(static_cast<const TenantSize *>(sizes.tenants), end, tenant,
						 [](const TenantSize &listed, uint32 wanted) { return listed.tenant < wanted; });
	return found != end && found->tenant == tenant ? found->size : sizes.rest;
}

} // namespace pg_tenant::planning
