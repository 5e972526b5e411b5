// The seal holds a transaction or a session to one tenant. It is a copy in memory of ours: SET, RESET and
// rollback change settings, and an assign hook must not raise, so a difference is refused where it would
// matter.
#pragma once

#include "core/tenant_id.hpp"
#include "pg/prelude.hpp"

namespace pg_tenant::context {

// The tenant that is sealed, or NULL. Stays where it is while the seal holds.
const core::TenantId *sealed_tenant();

// Whether a signed token chose the sealed tenant.
bool is_seal_signed();

// Whether the seal, if there is one, lets this tenant work; NULL is none.
bool is_within_seal(const core::TenantId *tenant);

// Raises TN005 unless it does.
void require_within_seal(const core::TenantId *tenant);

// Raises TN005 where pg_tenant.require_signed asks for a signed seal and there is none.
void require_signed_seal();

// Holds until the top transaction ends. The tenant must be within the seal that there is.
void seal_transaction(const core::TenantId &tenant, bool is_signed);

// Holds until unseal_session() gets the token that this returns. Raises TN005 if the session is sealed.
const char *seal_session(const core::TenantId &tenant, bool is_signed);

// Raises TN005 if the token is not the one of the seal, 55000 if the session has no seal.
void unseal_session(const char *token);

// Ends what a job's command may have sealed: its session was not sealed when the job began.
void lift_session_seal();

// Parallel workers know what the settings tell them: brings pg_tenant.sealed in line with the seal.
void publish_seal();

void define_seal_setting();

// Registers what ends a transaction's seal.
void watch_seal();

} // namespace pg_tenant::context
