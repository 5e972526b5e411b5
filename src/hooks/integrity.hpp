// Queries of referential integrity, and what they call.
#pragma once

#include "pg/scoped.hpp"

namespace pg_tenant::hooks {

// ri_triggers.c runs its queries as the table's owner with policies off, and so would everything that they
// call, such as a row trigger that a cascade fires: for those the flag is taken away.
template <typename Call, typename Handler> void with_policies_on(Call call, Handler handle) {
	Oid user;
	int flags;
	GetUserIdAndSecContext(&user, &flags);
	pg::catching(
		[&] {
			SetUserIdAndSecContext(user, flags & ~SECURITY_NOFORCE_RLS);
			call();
		},
		[&] {
			SetUserIdAndSecContext(user, flags);
			handle();
		});
	SetUserIdAndSecContext(user, flags);
}
template <typename Call> void with_policies_on(Call call) {
	with_policies_on(call, [] {});
}

} // namespace pg_tenant::hooks
