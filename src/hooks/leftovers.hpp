// pg_tenant.clean_on_switch, on the way of statements.
#pragma once

#include "context/settings.hpp"
#include "hooks/hooks.hpp"
#include "pg/scoped.hpp"

namespace pg_tenant::hooks {

// How many statements are around the present one; counted while pg_tenant.clean_on_switch is
// on.
extern int statement_depth;
void clean_before_query(const QueryDesc *query);
void clean_before_utility(const Node *utility, bool is_sent_by_client);

// A cursor over a temporary table that is read further after a switch.
void refuse_foreign_temporaries(const QueryDesc *query);

template <typename Call> void inside_statement(Call call) {
	if (likely(!context::clean_on_switch))
		call();
	else
		pg::with_value(&statement_depth, statement_depth + 1, call);
}

} // namespace pg_tenant::hooks
