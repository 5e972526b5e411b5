// What utility commands leave in the audit trail: writes for all tenants that pass no executor, and changes
// of the policies of protected tables.
#pragma once

#include "hooks/hooks.hpp"

namespace pg_tenant::hooks {

// What is found before a command runs, which may free its statement.
struct Trail {
	const char *command;
	bool is_copy_from;
	const List *seen_whole; // protected tables that it copies or truncates for all tenants
	const char *changed;    // a protected table whose policies or their force it changes
	const char *policy;     // the one that is named
};

// Notes what the command is about to write.
Trail begin_trail(const Node *utility, bool is_confined);

// When the command is done: how much it was, and what has changed. May raise, which undoes the command.
void end_trail(const Trail &trail, const QueryCompletion *completion);

} // namespace pg_tenant::hooks
