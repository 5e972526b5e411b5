// The background worker that has alert rules evaluated, in the databases that pg_tenant.alert_databases
// names.
#pragma once

namespace pg_tenant::alerts {

// Asks the postmaster for it while the library is preloaded. None where the setting names no database.
void register_launcher();

} // namespace pg_tenant::alerts
