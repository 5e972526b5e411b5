// A variable that has another value while a call runs. Destructors do not run when the server raises.
#pragma once

#include "pg/prelude.hpp"

namespace pg_tenant::pg {

// The former value comes back afterwards, on errors too.
template <typename Value, typename Call> void with_value(Value *variable, Value value, Call call) {
	const Value former = *variable;
	PG_TRY();
	{
		*variable = value;
		call();
	}
	PG_FINALLY();
	{ *variable = former; }
	PG_END_TRY();
}

} // namespace pg_tenant::pg
