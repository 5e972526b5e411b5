#include "jobs/traces.hpp"

#include "context/seal.hpp"
#include "isolation/catalog.hpp"
#include "pg/spi.hpp"

extern "C" {
#include "catalog/dependency.h"
#include "commands/sequence.h"
#include "executor/spi.h"
#include "utils/builtins.h"
}

namespace pg_tenant::jobs {
namespace {

// Runs a query as the registry's owner, and a call that reads what it gives.
template <typename Call> void query(const char *text, Call call) {
	pg::begin_sql();
	isolation::as_registry([&] {
		if (SPI_execute(text, false, 0) != SPI_OK_SELECT)
			elog(ERROR, "SPI_execute failed");
		call();
	});
	pg::end_sql();
}

Oid value_of(uint64 row, int column) {
	bool is_null;
	return DatumGetObjectId(SPI_getbinval(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, column, &is_null));
}

// As the end of a session does it.
void drop_objects() {
	ObjectAddresses *objects = new_object_addresses();
	for (uint64 i = 0; i < SPI_processed; i++) {
		const ObjectAddress object = {value_of(i, 1), value_of(i, 2), 0};
		add_exact_object_address(&object, objects);
	}
	performMultipleDeletions(objects, DROP_CASCADE,
							 PERFORM_DELETION_INTERNAL | PERFORM_DELETION_QUIETLY |
								 PERFORM_DELETION_SKIP_EXTENSIONS);
	free_object_addresses(objects);
	CommandCounterIncrement();
}

} // namespace

const char *note_session() {
	const char *state = nullptr;
	query("SELECT tenant.session_state()", [&] { state = pg::kept_value(1); });
	return state;
}

void clean_session(const char *before) {
	context::lift_session_seal();
	ResetSequenceCaches();
	query(psprintf("SELECT class, object FROM tenant.clean_session(%s::pg_catalog.text[])",
				   quote_literal_cstr(before)),
		  [] {
			  if (SPI_processed > 0)
				  drop_objects();
		  });
}

} // namespace pg_tenant::jobs
