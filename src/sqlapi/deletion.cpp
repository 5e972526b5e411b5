// tenant.enable_soft_delete, disable_soft_delete, hard_delete, deletion_of, and what plans and triggers call
#include "pg/error.hpp"

#include "context/frame.hpp"
#include "context/settings.hpp"
#include "deletion/enable.hpp"
#include "deletion/follow.hpp"
#include "deletion/lock.hpp"
#include "events/audit.hpp"
#include "pg/spi.hpp"
#include "registry/relations.hpp"
#include "sqlapi/arguments.hpp"

extern "C" {
#include "access/htup_details.h"
#include "commands/trigger.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
}

namespace context = pg_tenant::context;
namespace deletion = pg_tenant::deletion;
namespace events = pg_tenant::events;
namespace pg = pg_tenant::pg;
namespace registry = pg_tenant::registry;
namespace sqlapi = pg_tenant::sqlapi;

PG_TENANT_FUNCTION(pg_tenant_enable_soft_delete) {
	const Oid table = sqlapi::required_oid(fcinfo, 0, "table");
	if (PG_ARGISNULL(1) || NameStr(*PG_GETARG_NAME(1))[0] == '\0')
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("column of deletion must not be null or empty")));
	const char *keys = PG_ARGISNULL(3) ? "" : text_to_cstring(PG_GETARG_TEXT_PP(3));
	const bool with_live_keys = strcmp(keys, "live") == 0;
	if (!with_live_keys && strcmp(keys, "all") != 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("unique_keys must be \"all\" or \"live\"")));
	if (!PG_ARGISNULL(2) && NameStr(*PG_GETARG_NAME(2))[0] == '\0')
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("deleted_by must not be empty")));
	const bool was_enabled = get_rel_name(table) != nullptr && registry::is_soft_deleted(table);
	deletion::enable(table, {NameStr(*PG_GETARG_NAME(1)),
							 PG_ARGISNULL(2) ? nullptr : NameStr(*PG_GETARG_NAME(2)), with_live_keys});
	const pg::Member details[] = {{"column", NameStr(*PG_GETARG_NAME(1)), false},
								  {"unique_keys", keys, false}};
	if (!was_enabled || with_live_keys)
		events::record_of_table("soft_deletion_enabled", pg::qualified_name(table), details);
	PG_RETURN_VOID();
}

PG_TENANT_FUNCTION(pg_tenant_disable_soft_delete) {
	const Oid table = sqlapi::required_oid(fcinfo, 0, "table");
	deletion::disable(table);
	events::record_of_table("soft_deletion_disabled", pg::qualified_name(table));
	PG_RETURN_VOID();
}

PG_TENANT_FUNCTION(pg_tenant_restore_rows) {
	const Oid table = sqlapi::required_oid(fcinfo, 0, "table");
	if (PG_ARGISNULL(1))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("condition must not be null"),
						errhint("Use 'true' for all rows.")));
	PG_RETURN_INT64(static_cast<int64>(deletion::restore_rows(table, text_to_cstring(PG_GETARG_TEXT_PP(1)))));
}

// It would outlast a function with its owner's rights, for a caller who has none.
PG_TENANT_FUNCTION(pg_tenant_hard_delete) {
	if (InLocalUserIdChange())
		ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
						errmsg("cannot call tenant.hard_delete() within a security-definer function"),
						errdetail("It lasts until the end of the transaction."),
						errhint("Give the function the clause SET pg_tenant.hard_delete = on.")));
	(void)set_config_option("pg_tenant.hard_delete", "on", PGC_SUSET, PGC_S_SESSION, GUC_ACTION_LOCAL, true,
							0, false);
	PG_RETURN_VOID();
}

PG_TENANT_FUNCTION(pg_tenant_deletion_of) {
	const Oid table = PG_GETARG_OID(0);
	const registry::Deletion known = registry::deletion_of(table);
	if (get_rel_relkind(table) == '\0' || known.at == InvalidAttrNumber)
		PG_RETURN_NULL();
	TupleDesc descriptor;
	if (get_call_result_type(fcinfo, nullptr, &descriptor) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	NameData at;
	NameData by;
	bool nulls[2] = {false, known.by == InvalidAttrNumber};
	namestrcpy(&at, get_attname(table, known.at, false));
	if (!nulls[1])
		namestrcpy(&by, get_attname(table, known.by, false));
	Datum values[2] = {NameGetDatum(&at), NameGetDatum(&by)};
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(descriptor), values, nulls)));
}

// The statement that deletes was planned before there was a hook that makes it mark.
PG_TENANT_FUNCTION(pg_tenant_is_unasked_delete) {
	PG_RETURN_BOOL(context::is_portal_unseen() && !context::hard_delete && !InNoForceRLSOperation());
}

PG_TENANT_FUNCTION(pg_tenant_refuse_delete) {
	const char *table =
		CALLED_AS_TRIGGER(fcinfo)
			? RelationGetRelationName(reinterpret_cast<TriggerData *>(fcinfo->context)->tg_relation)
			: "";
	ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
					errmsg("cannot delete from \"%s\", whose rows are soft-deleted", table),
					errdetail("The library was not loaded when this statement was planned."),
					errhint("Run the statement again, and add to postgresql.conf: "
							"shared_preload_libraries = 'pg_tenant'")));
}

// Anybody may call it, with the OID of no table too.
PG_TENANT_FUNCTION(pg_tenant_require_live) {
	const char *table = PG_ARGISNULL(0) || PG_ARGISNULL(1) ? nullptr : get_rel_name(PG_GETARG_OID(1));
	if (table != nullptr)
		ereport(
			ERROR,
			(errcode(ERRCODE_UNIQUE_VIOLATION), errmsg("a deleted row of \"%s\" has the same key", table),
			 errhint(
				 "Restore it with tenant.restore_rows(%s, ...), or make keys unique among live rows only.",
				 quote_literal_cstr(pg::qualified_name(PG_GETARG_OID(1))))));
	PG_RETURN_BOOL(true);
}

PG_TENANT_FUNCTION(pg_tenant_lock_deleted) {
	if (PG_ARGISNULL(2))
		PG_RETURN_NULL();
	deletion::lock_row(PG_GETARG_OID(0), reinterpret_cast<ItemPointer>(PG_GETARG_POINTER(1)));
	PG_RETURN_DATUM(PG_GETARG_DATUM(2));
}

PG_TENANT_FUNCTION(pg_tenant_follow_deletion) {
	deletion::follow_deletion(sqlapi::called_by_trigger(fcinfo));
	return PointerGetDatum(nullptr);
}

PG_TENANT_FUNCTION(pg_tenant_has_live_parents) {
	PG_RETURN_BOOL(
		deletion::has_live_parents(PG_GETARG_OID(1), reinterpret_cast<ItemPointer>(PG_GETARG_POINTER(2))));
}

PG_TENANT_FUNCTION(pg_tenant_is_without_live_children) {
	PG_RETURN_BOOL(deletion::is_without_live_children(PG_GETARG_OID(1),
													  reinterpret_cast<ItemPointer>(PG_GETARG_POINTER(2))));
}
