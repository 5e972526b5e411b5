#include "deletion/unique_keys.hpp"

#include <cstring>

#include "isolation/catalog_rows.hpp"
#include "pg/spi.hpp"
#include "registry/relations.hpp"

extern "C" {
#include "access/table.h"
#include "catalog/pg_class_d.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
}

namespace pg_tenant::deletion {
namespace {

constexpr char kConstraint[] = "constraint";
constexpr char kIndex[] = "index";

// A row of tenant.unique_keys_of(): what is NULL there is NULL here.
struct Key {
	const char *name;  // qualified, as SQL
	const char *index; // the same without the schema
	bool is_constraint;
	const char *kept; // why it cannot be made live
	const char *dropping;
	const char *live;
	const char *whole;
};

List *keys_of(Oid table, const char *deleted_at) {
	List *keys = NIL;
	const char *query = psprintf("SELECT name, index, is_constraint::int, kept, dropping, live, whole"
								 " FROM tenant.unique_keys_of(%u, %s) ORDER BY name",
								 table, quote_literal_cstr(deleted_at));
	isolation::with_catalogs([&] {
		if (SPI_execute(query, true, 0) != SPI_OK_SELECT)
			elog(ERROR, "cannot read the unique keys of a table");
	});
	for (uint64 i = 0; i < SPI_processed; i++) {
		auto value = [i](int column) {
			return SPI_getvalue(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, column);
		};
		auto *key = static_cast<Key *>(palloc(sizeof(Key)));
		const char *index = get_rel_name(static_cast<Oid>(strtoul(value(2), nullptr, 10)));
		*key = {value(1), quote_identifier(index), *value(3) == '1', value(4), value(5), value(6), value(7)};
		keys = lappend(keys, key);
	}
	return keys;
}

void report_kept(Oid table, const Key &key) {
	ereport(NOTICE,
			(errmsg("deleted rows of \"%s\" keep blocking unique key %s", get_rel_name(table), key.name),
			 errdetail("%s", key.kept)));
}

// Undone alone where rows have the same key by now.
void widen(Oid table, const Key &key, bool was_constraint) {
	const bool is_constraint = was_constraint && get_rel_relkind(table) == RELKIND_RELATION;
	const char *constraint = is_constraint
								 ? psprintf("; ALTER TABLE %s ADD CONSTRAINT %s UNIQUE USING INDEX %s",
											pg::qualified_name(table), key.index, key.index)
								 : "";
	const char *body =
		psprintf("BEGIN %s; %s%s; EXCEPTION WHEN unique_violation THEN RAISE NOTICE USING MESSAGE = %s, "
				 "DETAIL = %s; END",
				 key.dropping, key.whole, constraint,
				 quote_literal_cstr(psprintf("unique key %s of \"%s\" stays for rows that were not deleted",
											 key.name, get_rel_name(table))),
				 quote_literal_cstr("Others have the same key."));
	pg::run_sql("DO %s", quote_literal_cstr(body));
}

// The arguments of the trigger, kinds and names by turns.
List *names_of_live_keys(Oid table) {
	List *names = NIL;
	Relation opened = table_open(table, NoLock);
	const TriggerDesc *triggers = opened->trigdesc;
	for (int i = 0; triggers != nullptr && i < triggers->numtriggers; i++) {
		const Trigger &trigger = triggers->triggers[i];
		for (int j = 0; strcmp(trigger.tgname, registry::kDeletionTrigger) == 0 && j < trigger.tgnargs; j++)
			names = lappend(names, pstrdup(trigger.tgargs[j]));
	}
	table_close(opened, NoLock);
	return names;
}

// The kind of a key that was made live, or NULL.
const char *kind_of(const List *names, const char *name) {
	for (int i = 0; i + 1 < list_length(names); i += 2) {
		if (strcmp(static_cast<const char *>(list_nth(names, i + 1)), name) == 0)
			return static_cast<const char *>(list_nth(names, i));
	}
	return nullptr;
}

} // namespace

void make_keys_live(Oid table, const char *deleted_at, StringInfo names) {
	ListCell *cell;
	foreach (cell, keys_of(table, deleted_at)) {
		auto *key = static_cast<const Key *>(lfirst(cell));
		if (key->live == nullptr)
			continue;
		if (key->kept != nullptr) {
			report_kept(table, *key);
			continue;
		}
		pg::run_sql("%s", key->dropping);
		pg::run_sql("%s", key->live);
		appendStringInfo(names, "%s%s, %s", names->len == 0 ? "" : ", ",
						 quote_literal_cstr(key->is_constraint ? kConstraint : kIndex),
						 quote_literal_cstr(key->name));
	}
}

void make_keys_full(Oid table) {
	const List *names = names_of_live_keys(table);
	if (names == NIL)
		return;
	const char *deleted_at = get_attname(table, registry::deletion_of(table).at, false);
	ListCell *cell;
	foreach (cell, keys_of(table, deleted_at)) {
		auto *key = static_cast<const Key *>(lfirst(cell));
		const char *kind = kind_of(names, key->name);
		if (kind != nullptr && key->whole != nullptr)
			widen(table, *key, strcmp(kind, kConstraint) == 0);
	}
}

} // namespace pg_tenant::deletion
