// The trusted list: functions of the server by OID, of extensions by the library's symbol.
#pragma once

#include "planning/trust.hpp"

extern "C" {
#include "catalog/pg_proc.h"
}

namespace pg_tenant::planning {

// What else must hold of a call.
enum class Need : uint8_t {
	kNothing,
	kCollation, // known and deterministic
	kFolding,   // the same, and an encoding whose every text can be folded
	kEncoding,  // only the latter
	kShort,     // the latter, and one argument is a constant of at most a megabyte
	kJsonPath,  // an encoding as before, and the second argument is a constant that is_harmless_path()
	kElements,  // arguments are arrays whose elements are compared by trusted functions
	kRanges,    // arguments are ranges whose bounds are
};

// Functions that are trusted for the same reason.
struct Family {
	Trust trust;
	Need need;
	const char *why;
};

// NULL if the list has no such function.
const Family *builtin_family(Oid function);

// The same of a member of an extension. The row is the function's.
const Family *extension_family(HeapTuple function);

// Whether @? and @@ raise nothing with this jsonpath: they hide most errors, but not those of datetime().
bool is_harmless_path(Datum path);

using VisitFamily = void (*)(Oid function, const Family &family, void *context);
void visit_builtins(VisitFamily visit, void *context);
// Of the extensions that this database has.
void visit_extensions(VisitFamily visit, void *context);

} // namespace pg_tenant::planning
