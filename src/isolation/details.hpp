// Details of errors that quote a key. Where row-level security holds for a role, the server leaves
// them out; for one that bypasses policies, they could be another tenant's.
#pragma once

#include "pg/prelude.hpp"

namespace pg_tenant::isolation {

// For the handler of an error: raises it without its detail, which goes to the server's log only, if that
// quotes values of a protected table. Returns otherwise.
void raise_without_detail();

// For an error of a constraint that is checked at COMMIT, which passes no handler.
void drop_detail(ErrorData *error);

} // namespace pg_tenant::isolation
