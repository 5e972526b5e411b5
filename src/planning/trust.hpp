// Which functions may run on rows that the tenant's filter has not passed yet: those that neither raise an
// error nor tell anything by another way that depends on a stored value. Everything here may raise.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "nodes/pg_list.h"
}

namespace pg_tenant::planning {

// On what condition.
enum class Trust {
	kNever,
	kAlways,
	kLikePattern,  // the second argument must be a valid pattern of LIKE
	kRegexPattern, // the second argument must be a valid regular expression
};

// Leakproof, or on the trusted list. The collation and the arguments are the call's: what compares elements
// of arrays is trusted as far as their comparison is, what takes a jsonpath only with some constants; without
// arguments these are not trusted.
Trust trust_of(Oid function, Oid collation, const List *arguments = NIL);

// Whether there was a distrusted function, when the latest answer of trust_of() was found.
bool is_any_distrusted();

// What CREATE OR REPLACE FUNCTION and ALTER FUNCTION change of what a function does, as text.
char *definition_of(Oid function);

// Calls with each function on the list that this database has and nobody distrusted. The condition is NULL
// where there is none.
using Visit = void (*)(Oid function, const char *why, const char *condition, void *context);
void visit_trusted(Visit visit, void *context);

// Called once, when the library is loaded.
void watch_functions();

// Called for every relcache message; never raises. Plans are made again whose trust was withdrawn.
void forget_trust(Oid relation);

} // namespace pg_tenant::planning
