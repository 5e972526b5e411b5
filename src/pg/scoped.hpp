// What comes back after a call, a variable or a role, or is done about its error. Destructors do not run when
// the server raises.
#pragma once

#include "pg/prelude.hpp"

namespace pg_tenant::pg {

// Runs a call, and the other one when it raises: that one may raise in its place.
template <typename Call, typename Handler> void catching(Call call, Handler handle) {
	PG_TRY();
	{ call(); }
	PG_CATCH();
	{
		handle();
		PG_RE_THROW();
	}
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

// A variable has another value while a call runs. The former one comes back afterwards, on errors too.
template <typename Value, typename Call, typename Handler>
void with_value(Value *variable, Value value, Call call, Handler handle) {
	const Value former = *variable;
	catching(
		[&] {
			*variable = value;
			call();
		},
		[&] {
			*variable = former;
			handle();
		});
	*variable = former;
}

template <typename Value, typename Call> void with_value(Value *variable, Value value, Call call) {
	with_value(variable, value, call, [] {});
}

} // namespace pg_tenant::pg
