#include "isolation/new_tables.hpp"

#include "context/settings.hpp"
#include "isolation/catalog.hpp"
#include "isolation/protect.hpp"
#include "pg/error.hpp"
#include "pg/spi.hpp"
#include "registry/relations.hpp"

extern "C" {
#include "access/xact.h"
#include "catalog/catalog.h"
#include "catalog/dependency.h"
#include "catalog/namespace.h"
#include "catalog/pg_class_d.h"
#include "catalog/pg_type_d.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
}

namespace pg_tenant::isolation {
namespace {

constexpr char kDefaultColumn[] = "tenant_id";

// In the transaction's memory. What was rolled back or dropped is no more in the catalogs at its end.
struct NewRelation {
	Oid relation;
	int mode;
};
List *noted = NIL;

bool is_table(Oid relation) {
	const char kind = get_rel_relkind(relation);
	if (kind != RELKIND_RELATION && kind != RELKIND_PARTITIONED_TABLE && kind != RELKIND_FOREIGN_TABLE &&
		kind != RELKIND_MATVIEW)
		return false;
	const Oid schema = get_rel_namespace(relation);
	// A partition is what its parent is. What an extension brings is its business.
	return get_rel_persistence(relation) != RELPERSISTENCE_TEMP && !get_rel_relispartition(relation) &&
		   !IsCatalogNamespace(schema) && schema != get_namespace_oid(registry::kSchema, true) &&
		   !OidIsValid(getExtensionOfObject(RelationRelationId, relation));
}

bool is_undeclared(Oid relation) {
	return is_table(relation) && registry::protection_of(relation).column == InvalidAttrNumber &&
		   !is_shared(relation);
}

const char *ways_out(Oid relation) {
	const char *name = quote_literal_cstr(pg::qualified_name(relation));
	return psprintf("SELECT tenant.protect(%s); or SELECT tenant.share(%s);", name, name);
}

void judge(const NewRelation &created) {
	if (!is_undeclared(created.relation))
		return;
	const char *name = get_rel_name(created.relation);
	if (created.mode == context::kWarnNew)
		ereport(WARNING, (errmsg("table \"%s\" is neither protected nor shared", name),
						  errhint("%s", ways_out(created.relation))));
	// Tenants cannot read one over protected tables before it is protected itself.
	else if (created.mode == context::kRefuseNew || get_rel_relkind(created.relation) != RELKIND_MATVIEW)
		ereport(ERROR, (errcode(ERRCODE_TENANT_BOUNDARY),
						errmsg("table \"%s\" is neither protected nor shared", name),
						errdetail("pg_tenant.new_tables wants it to be before its transaction ends."),
						errhint("In the same transaction: %s", ways_out(created.relation))));
}

void transaction_event(XactEvent event, void *) {
	if (event == XACT_EVENT_PRE_COMMIT || event == XACT_EVENT_PRE_PREPARE) {
		// Some processes have no database to look anything up in. Without the extension nothing can be
		// declared.
		if (noted == NIL || !OidIsValid(extension_owner()))
			return;
		ListCell *cell;
		foreach (cell, noted)
			judge(*static_cast<NewRelation *>(lfirst(cell)));
	} else if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT || event == XACT_EVENT_PREPARE) {
		noted = NIL;
	}
}

} // namespace

void note_new_relation(Oid relation) {
	if (context::new_tables == context::kIgnoreNew)
		return;
	ListCell *cell;
	foreach (cell, noted) {
		if (static_cast<NewRelation *>(lfirst(cell))->relation == relation)
			return;
	}
	MemoryContext outer = MemoryContextSwitchTo(TopTransactionContext);
	auto *created = static_cast<NewRelation *>(palloc(sizeof(NewRelation)));
	created->relation = relation;
	created->mode = context::new_tables;
	noted = lappend(noted, created);
	MemoryContextSwitchTo(outer);
}

bool protect_new_table(Oid relation) {
	if (context::new_tables != context::kProtectNew || !is_undeclared(relation) ||
		get_rel_relkind(relation) == RELKIND_MATVIEW || parents_of(relation) != NIL)
		return false;
	// A foreign table gets no column: it is for its transaction to declare it.
	if (get_rel_relkind(relation) == RELKIND_FOREIGN_TABLE &&
		get_attnum(relation, kDefaultColumn) == InvalidAttrNumber)
		return false;
	ProtectOptions options = {};
	options.column = kDefaultColumn;
	options.type = UUIDOID;
	protect(relation, options);
	return true;
}

void watch_new_tables() { RegisterXactCallback(transaction_event, nullptr); }

} // namespace pg_tenant::isolation
