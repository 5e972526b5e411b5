// Errors as they are reported: counted, named after their tenant, refusals put into the trail of the log.
// Deferred constraints are checked while a transaction commits, after the last hook that could handle their
// error: it is met here. No catalog can be asked.
#include "hooks/hooks.hpp"

#include "context/deferred.hpp"
#include "context/failure.hpp"
#include "events/audit.hpp"
#include "isolation/details.hpp"
#include "stats/counters.hpp"
#include "stats/session.hpp"

namespace pg_tenant::hooks {

void error_reported(ErrorData *error) {
	const bool is_error = error->elevel >= ERROR;
	if (is_error)
		stats::note_error(error->sqlerrcode);
	if (context::keys_wait)
		isolation::drop_detail(error);
	if (is_error && stats::is_refusal(error->sqlerrcode))
		events::log_refusal(error);
	if (is_error)
		context::add_tenant_to_error(error);
	if (previous.emit_log != nullptr)
		previous.emit_log(error);
}

} // namespace pg_tenant::hooks
