// A JSON object as text, in one line. Where an error is being reported nothing may raise: memory is asked for
// once, and there may be none.
#pragma once

#include "pg/prelude.hpp"

namespace pg_tenant::pg {

struct Member {
	const char *name;
	const char *value; // NULL is null
	bool is_json;      // otherwise a string, which is escaped
};

// In this context; NULL where there is no memory for it.
char *json_object(MemoryContext context, const Member *members, int count);

template <int count> char *json_object(MemoryContext context, const Member (&members)[count]) {
	return json_object(context, members, count);
}

} // namespace pg_tenant::pg
