#include "planning/estimates.hpp"

#include "isolation/confine.hpp"
#include "pg/privileges.hpp"
#include "planning/proof.hpp"
#include "registry/relations.hpp"

extern "C" {
#include "access/htup_details.h"
#include "access/sysattr.h"
#include "catalog/pg_statistic.h"
#include "parser/parsetree.h"
#include "utils/acl.h"
#include "utils/syscache.h"
}

namespace pg_tenant::planning {
namespace {

struct Column {
	RangeTblEntry *entry;
	AttrNumber number; // InvalidAttrNumber if there is none
};

int index_of(const PlannerInfo *root, const RangeTblEntry *entry) {
	for (int index = 1; index < root->simple_rel_array_size; index++) {
		if (root->simple_rte_array[index] == entry)
			return index;
	}
	return 0;
}

// The column of the relation that the query names, for one of its partition or child.
Column named_column(const PlannerInfo *root, RangeTblEntry *entry, AttrNumber number) {
	Column column = {entry, number};
	int index = index_of(root, entry);
	while (root->append_rel_array != nullptr && root->append_rel_array[index] != nullptr) {
		const AppendRelInfo *child = root->append_rel_array[index];
		index = static_cast<int>(child->parent_relid);
		RangeTblEntry *parent = root->simple_rte_array[index];
		if (parent->rtekind != RTE_RELATION)
			break;
		column.entry = parent;
		column.number = column.number > 0 && column.number <= child->num_child_cols
							? child->parent_colnos[column.number - 1]
							: InvalidAttrNumber;
	}
	return column;
}

// In every use of the relation: the planner has copied their entries by now.
bool is_trusted(const Column &column) {
	if (present_proof == nullptr)
		return false;
	bool is_known = false;
	ListCell *cell;
	foreach (cell, present_proof->relations) {
		auto *relation = static_cast<const ConfinedRelation *>(lfirst(cell));
		if (relation->entry->relid != column.entry->relid)
			continue;
		is_known = true;
		for (const int number : {static_cast<int>(column.number), 0}) {
			if (bms_is_member(number - FirstLowInvalidHeapAttributeNumber, relation->untrusted_columns))
				return false;
		}
	}
	return is_known;
}

bool may_select(const PlannerInfo *root, const Column &column) {
	Oid user = pg::check_as_user(root->parse, column.entry);
	if (!OidIsValid(user))
		user = GetUserId();
	return pg_class_aclcheck(column.entry->relid, user, ACL_SELECT) == ACLCHECK_OK ||
		   pg_attribute_aclcheck(column.entry->relid, column.number, user, ACL_SELECT) == ACLCHECK_OK;
}

// Of the tenant column, without its most common values: then every tenant is as big as the average, as one
// that comes as a parameter is.
bool find_average(const RangeTblEntry *entry, AttrNumber number, bool may_ask, VariableStatData *statistics) {
	HeapTuple found = SearchSysCache3(STATRELATTINH, ObjectIdGetDatum(entry->relid), Int16GetDatum(number),
									  BoolGetDatum(entry->inh));
	if (!HeapTupleIsValid(found))
		return false;
	HeapTuple average = heap_copytuple(found);
	ReleaseSysCache(found);
	int16 *kinds = &reinterpret_cast<FormData_pg_statistic *>(GETSTRUCT(average))->stakind1;
	for (int slot = 0; slot < STATISTIC_NUM_SLOTS; slot++) {
		if (kinds[slot] == STATISTIC_KIND_MCV)
			kinds[slot] = 0;
	}
	statistics->statsTuple = average;
	statistics->freefunc = heap_freetuple;
	statistics->acl_ok = may_ask;
	return true;
}

} // namespace

bool came_unfiltered(const PlannerInfo *root, RangeTblEntry *entry) {
	const RangeTblEntry *named = named_column(root, entry, InvalidAttrNumber).entry;
	return present_proof != nullptr && named->rtekind == RTE_RELATION && named->securityQuals == NIL &&
		   !isolation::is_confined(named) && registry::is_protected(named->relid);
}

bool find_statistics(PlannerInfo *root, RangeTblEntry *entry, AttrNumber number,
					 VariableStatData *statistics) {
	// Partitions and children have their parent's mark.
	if (entry->rtekind != RTE_RELATION || !isolation::is_confined(entry))
		return came_unfiltered(root, entry);
	// No filter stands before the statistics of what is only written: nothing is known of what it returns.
	const Query *query = root->parse;
	if (query->commandType == CMD_INSERT && entry == rt_fetch(query->resultRelation, query->rtable))
		return true;
	if (number <= 0)
		return false;
	const bool is_for_any_tenant = present_proof != nullptr && present_proof->is_for_any_tenant;
	// Without a policy before it the server's own rules are right. A child's are its parent's.
	if (entry->securityQuals == NIL && root->append_rel_array == nullptr && !is_for_any_tenant)
		return false;
	const Column column = named_column(root, entry, number);
	if (is_for_any_tenant && number == registry::protection_of(entry->relid).column)
		return find_average(entry, number, column.number > 0 && may_select(root, column), statistics);
	if (column.entry->securityQuals == NIL || column.number <= 0 || !is_trusted(column) ||
		!may_select(root, column))
		return false;
	statistics->statsTuple = SearchSysCache3(STATRELATTINH, ObjectIdGetDatum(entry->relid),
											 Int16GetDatum(number), BoolGetDatum(entry->inh));
	statistics->freefunc = ReleaseSysCache;
	statistics->acl_ok = HeapTupleIsValid(statistics->statsTuple);
	return statistics->acl_ok;
}

} // namespace pg_tenant::planning
