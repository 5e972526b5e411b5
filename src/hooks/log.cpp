// Deferred constraints are checked while a transaction commits, after the last hook that could handle their
// error: it is met when it is reported. No catalog can be asked then.
#include "hooks/hooks.hpp"

#include "context/deferred.hpp"
#include "isolation/details.hpp"
#include "stats/session.hpp"

namespace pg_tenant::hooks {

void error_reported(ErrorData *error) {
	if (error->elevel >= ERROR)
		stats::note_error(error->sqlerrcode);
	if (context::keys_wait)
		isolation::drop_detail(error);
	if (previous.emit_log != nullptr)
		previous.emit_log(error);
}

} // namespace pg_tenant::hooks
