// The event trigger that protects new partitions and children, in the command that makes them, and new tables
// where pg_tenant.new_tables says so
#include "pg/error.hpp"

#include "deletion/enable.hpp"
#include "events/audit.hpp"
#include "hooks/hooks.hpp"
#include "isolation/keys.hpp"
#include "isolation/new_tables.hpp"
#include "isolation/protect.hpp"
#include "pg/spi.hpp"

extern "C" {
#include "catalog/namespace.h"
#include "commands/event_trigger.h"
#include "executor/spi.h"
#include "nodes/parsenodes.h"
#include "utils/rls.h"
}

namespace deletion = pg_tenant::deletion;
namespace hooks = pg_tenant::hooks;
namespace isolation = pg_tenant::isolation;
namespace pg = pg_tenant::pg;

namespace {

void protect_named(const RangeVar *name) {
	const Oid relation = RangeVarGetRelid(name, NoLock, true);
	if (!OidIsValid(relation))
		return;
	isolation::protect_new_part(relation, hooks::may_see_all_tenants());
	deletion::enable_new_part(relation);
}

// A restore brings the triggers along, and what it brings is as it was.
void follow_altered(Oid relation) {
	if (!OidIsValid(relation) || IsBinaryUpgrade || !row_security)
		return;
	deletion::follow_keys_of(relation);
	deletion::require_born_live(relation);
}

void keep_detached(const RangeVar *table, const RangeVar *part) {
	const Oid parent = RangeVarGetRelid(table, NoLock, true);
	const Oid detached = RangeVarGetRelid(part, NoLock, true);
	if (OidIsValid(parent) && OidIsValid(detached))
		deletion::keep_detached(detached, parent);
}

// Other forms of ALTER TABLE make no part. Above all ENABLE ROW LEVEL SECURITY does not: pg_restore runs it
// for a child whose policies it is about to restore itself.
void protect_altered(const AlterTableStmt *statement) {
	ListCell *cell;
	foreach (cell, statement->cmds) {
		auto *command = static_cast<AlterTableCmd *>(lfirst(cell));
		if (command->subtype == AT_AddInherit)
			protect_named(statement->relation);
		else if (command->subtype == AT_DetachPartition)
			keep_detached(statement->relation, reinterpret_cast<PartitionCmd *>(command->def)->name);
		else if (command->subtype == AT_AttachPartition)
			protect_named(reinterpret_cast<PartitionCmd *>(command->def)->name);
	}
	follow_altered(RangeVarGetRelid(statement->relation, NoLock, true));
}

void handle_created(Oid relation) {
	isolation::protect_new_part(relation, hooks::may_see_all_tenants());
	deletion::enable_new_part(relation);
	follow_altered(relation);
	// A restore makes tables before it protects them.
	if (IsBinaryUpgrade || hooks::may_see_all_tenants())
		return;
	// The library may have been loaded only now.
	isolation::note_new_relation(relation);
	if (isolation::protect_new_table(relation)) {
		const pg::Member details[] = {{"by", "pg_tenant.new_tables", false}};
		pg_tenant::events::record_of_table("protected", pg::qualified_name(relation), details);
	}
}

// By CREATE TABLE, also inside CREATE SCHEMA, CREATE TABLE AS, IMPORT FOREIGN SCHEMA.
void protect_created() {
	pg::begin_sql();
	if (SPI_execute(
			"SELECT objid FROM pg_catalog.pg_event_trigger_ddl_commands()"
			" WHERE object_type OPERATOR(pg_catalog.=) ANY (ARRAY['table', 'foreign table', 'materialized "
			"view'])"
			" AND command_tag OPERATOR(pg_catalog.=) ANY (ARRAY['CREATE TABLE', 'CREATE FOREIGN TABLE',"
			" 'CREATE TABLE AS', 'SELECT INTO', 'CREATE MATERIALIZED VIEW'])",
			true, 0) != SPI_OK_SELECT)
		elog(ERROR, "cannot read the commands of an event trigger");
	SPITupleTable *commands = SPI_tuptable;
	const uint64 count = SPI_processed;
	for (uint64 i = 0; i < count; i++) {
		bool is_null;
		const Datum object = SPI_getbinval(commands->vals[i], commands->tupdesc, 1, &is_null);
		if (!is_null)
			handle_created(DatumGetObjectId(object));
	}
	pg::end_sql();
}

} // namespace

PG_TENANT_FUNCTION(pg_tenant_protect_new_parts) {
	if (!CALLED_AS_EVENT_TRIGGER(fcinfo))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_EVENT_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("protect_new_parts() can only be called as an event trigger")));
	Node *statement = reinterpret_cast<EventTriggerData *>(fcinfo->context)->parsetree;
	if (IsA(statement, AlterTableStmt))
		protect_altered(reinterpret_cast<AlterTableStmt *>(statement));
	else if (IsA(statement, CreateStmt) || IsA(statement, CreateForeignTableStmt) ||
			 IsA(statement, CreateSchemaStmt) || IsA(statement, CreateTableAsStmt) ||
			 IsA(statement, ImportForeignSchemaStmt))
		protect_created();
	isolation::check_changed_keys(statement);
	PG_RETURN_NULL();
}
