// A variable that has another value, or another role, while a call runs. Destructors do not run when the
// server raises.
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

// Runs a call in another role, with these flags of the security context besides. An error ends the
// transaction or savepoint, and that restores both.
template <typename Call> void as_role(Oid role, int flags, Call call) {
	Oid former;
	int former_flags;
	GetUserIdAndSecContext(&former, &former_flags);
	SetUserIdAndSecContext(role, former_flags | SECURITY_LOCAL_USERID_CHANGE | flags);
	call();
	SetUserIdAndSecContext(former, former_flags);
}

} // namespace pg_tenant::pg
