// Whose error is being reported: the frame of the statement that failed is gone by then.
#pragma once

#include "context/frame.hpp"
#include "pg/prelude.hpp"

namespace pg_tenant::context {

// The tenant under which the error was raised that is being reported; NULL where there was none, and under
// row_security = off. Asks no catalog.
const core::TenantId *failed_tenant();

// As pg_tenant.error_context says, adds the tenant and the request to an error. Never raises.
void add_tenant_to_error(ErrorData *error);

// Registers what ends with a transaction.
void watch_failures();

} // namespace pg_tenant::context
