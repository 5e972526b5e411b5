#include "hooks/rules.hpp"

#include "pg/error.hpp"
#include "pg/list.hpp"

extern "C" {
#include "access/table.h"
#include "parser/parsetree.h"
#include "rewrite/prs2lock.h"
#include "rewrite/rewriteManip.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
}

namespace pg_tenant::hooks {
namespace {

[[noreturn]] void refuse(const char *table) {
	ereport(ERROR, (errcode(ERRCODE_TENANT_BOUNDARY),
					errmsg("a rule of \"%s\" would see the rows of all tenants", table),
					errdetail("The query that it changes runs past policies."),
					errhint("Use a trigger instead of the rule.")));
	pg_unreachable();
}

// Its condition becomes one of the query, whether the rule is enabled or not.
bool looks_elsewhere(const RewriteRule *rule, CmdType command) {
	return rule->event == command && checkExprHasSubLink(rule->qual);
}

} // namespace

bool is_of_rule(const Query *query) { return query->querySource != QSRC_ORIGINAL; }

void require_no_part_of_rule(const Query *query) {
	ListCell *cell;
	foreach (cell, query->cteList) {
		auto *part = castNode(Query, lfirst_node(CommonTableExpr, cell)->ctequery);
		if (is_of_rule(part))
			refuse(get_rel_name(rt_fetch(part->resultRelation, part->rtable)->relid));
		require_no_part_of_rule(part);
	}
	if (query->resultRelation == 0)
		return;
	Relation target = table_open(rt_fetch(query->resultRelation, query->rtable)->relid, NoLock);
	const RuleLock *rules = target->rd_rules;
	for (int i = 0; rules != nullptr && i < rules->numLocks; i++) {
		if (looks_elsewhere(rules->rules[i], query->commandType))
			refuse(RelationGetRelationName(target));
	}
	table_close(target, NoLock);
}

} // namespace pg_tenant::hooks
