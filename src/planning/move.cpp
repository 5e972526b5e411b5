#include "planning/move.hpp"

#include "isolation/confine.hpp"
#include "pg/compat.hpp"
#include "pg/join_tree.hpp"
#include "planning/occasion.hpp"

extern "C" {
#include "nodes/makefuncs.h"
#include "optimizer/clauses.h"
#include "optimizer/optimizer.h"
}

namespace pg_tenant::planning {

using pg::is_place_of;

namespace {

bool keeps_rows_of_left(JoinType type) { return type == JOIN_INNER || type == JOIN_LEFT; }
bool keeps_rows_of_right(JoinType type) { return type == JOIN_INNER || type == JOIN_RIGHT; }

// Whether each row of what is joined here is a row of this relation, so that a condition on it may be asked
// there as well.
bool keeps_rows_of(const Node *node, int index) {
	if (is_place_of(node, index))
		return true;
	if (IsA(node, JoinExpr)) {
		auto *join = reinterpret_cast<const JoinExpr *>(node);
		return (keeps_rows_of_left(join->jointype) && keeps_rows_of(join->larg, index)) ||
			   (keeps_rows_of_right(join->jointype) && keeps_rows_of(join->rarg, index));
	}
	ListCell *cell;
	if (IsA(node, FromExpr)) {
		foreach (cell, reinterpret_cast<const FromExpr *>(node)->fromlist) {
			if (keeps_rows_of(static_cast<const Node *>(lfirst(cell)), index))
				return true;
		}
	}
	return false;
}

// The trusted conditions on one relation.
struct Gathering {
	int index;
	ParamListInfo parameters;
	List **patterns;
	List *taken;
};

bool reads_others(Node *node, void *index) {
	if (node == nullptr)
		return false;
	if (IsA(node, Var)) {
		auto *column = reinterpret_cast<const Var *>(node);
		return column->varlevelsup > 0 || column->varno != *static_cast<const int *>(index);
	}
	return pg::walk_expression(node, reads_others, index);
}

bool may_take(Node *condition, Gathering *gathering) {
	return contain_var_clause(condition) && !contain_subplans(condition) &&
		   !reads_others(condition, &gathering->index) &&
		   is_trusted_expression(condition, gathering->parameters, gathering->patterns);
}

void take(Node **conditions, Gathering *gathering) {
	List *kept = NIL;
	ListCell *cell;
	foreach (cell, make_ands_implicit(reinterpret_cast<Expr *>(*conditions))) {
		auto *condition = static_cast<Node *>(lfirst(cell));
		if (is_andclause(condition))
			take(&condition, gathering);
		if (condition == nullptr)
			continue;
		if (may_take(condition, gathering))
			gathering->taken = lappend(gathering->taken, condition);
		else
			kept = lappend(kept, condition);
	}
	*conditions = kept == NIL ? nullptr : reinterpret_cast<Node *>(make_ands_explicit(kept));
}

void gather(Node *node, Gathering *gathering) {
	if (IsA(node, FromExpr)) {
		auto *from = reinterpret_cast<FromExpr *>(node);
		ListCell *cell;
		foreach (cell, from->fromlist)
			gather(static_cast<Node *>(lfirst(cell)), gathering);
		if (keeps_rows_of(node, gathering->index))
			take(&from->quals, gathering);
	} else if (IsA(node, JoinExpr)) {
		auto *join = reinterpret_cast<JoinExpr *>(node);
		gather(join->larg, gathering);
		gather(join->rarg, gathering);
		// The condition of an outer join decides nothing about the rows that it keeps.
		const bool takes_left = join->jointype == JOIN_INNER || join->jointype == JOIN_RIGHT;
		const bool takes_right = join->jointype == JOIN_INNER || join->jointype == JOIN_LEFT;
		if ((takes_left && keeps_rows_of(join->larg, gathering->index)) ||
			(takes_right && keeps_rows_of(join->rarg, gathering->index)))
			take(&join->quals, gathering);
	}
}

bool has_sub_select(const RangeTblEntry *entry) {
	return contain_subplans(reinterpret_cast<Node *>(entry->securityQuals));
}

bool move_filter(ConfinedRelation *relation) {
	if (relation->culprit == nullptr && has_sub_select(relation->entry))
		relation->culprit = "a sub-select in a policy";
	if (relation->culprit != nullptr)
		return false;
	auto *filter = reinterpret_cast<Node *>(make_ands_explicit(list_copy(relation->entry->securityQuals)));
	if (!pg::place_condition(relation->query, relation->index, filter)) {
		relation->culprit = "the join that MERGE makes";
		return false;
	}
	relation->entry->securityQuals = NIL;
	return true;
}

bool gather_conditions(const ConfinedRelation *relation, ParamListInfo parameters, List **patterns) {
	Gathering gathering = {relation->index, parameters, patterns, NIL};
	if (relation->query->commandType == CMD_MERGE)
		return false;
	gather(reinterpret_cast<Node *>(relation->query->jointree), &gathering);
	if (gathering.taken == NIL)
		return false;
	ListCell *first = list_head(relation->entry->securityQuals);
	lfirst(first) = make_and_qual(static_cast<Node *>(lfirst(first)),
								  reinterpret_cast<Node *>(make_ands_explicit(gathering.taken)));
	return true;
}

void write_note(const ConfinedRelation *relation, Tier tier) {
	isolation::note_filter(relation->entry, static_cast<char>('0' + static_cast<int>(tier)),
						   relation->culprit);
}

} // namespace

void move_filters(Proof *proof, const core::TenantId *tenant, ParamListInfo parameters) {
	ListCell *cell;
	foreach (cell, proof->relations) {
		auto *relation = static_cast<ConfinedRelation *>(lfirst(cell));
		if (tenant != nullptr)
			use_constant(static_cast<Node *>(linitial(relation->entry->securityQuals)), *tenant);
		if (move_filter(relation))
			write_note(relation, Tier::kMoved);
		else if (gather_conditions(relation, parameters, &proof->patterns))
			write_note(relation, Tier::kMixed);
		else
			write_note(relation, Tier::kBarrier);
	}
}

const char *name_of(Tier tier) {
	return tier == Tier::kMoved ? "moved" : tier == Tier::kMixed ? "mixed" : "barrier";
}

bool read_note(const RangeTblEntry *entry, Tier *tier, const char **culprit) {
	const char *note = isolation::filter_note(entry);
	if (note[0] == '\0')
		return false;
	*tier = static_cast<Tier>(note[0] - '0');
	*culprit = note[1] == '\0' ? nullptr : note + 1;
	return true;
}

} // namespace pg_tenant::planning
