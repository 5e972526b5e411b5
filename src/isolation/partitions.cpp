#include "isolation/partitions.hpp"

#include <cstring>

#include "context/frame.hpp"
#include "isolation/catalog.hpp"
#include "pg/error.hpp"
#include "pg/scoped.hpp"
#include "pg/spi.hpp"

extern "C" {
#include "access/attmap.h"
#include "access/genam.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_class_d.h"
#include "commands/comment.h"
#include "commands/defrem.h"
#include "executor/spi.h"
#include "nodes/makefuncs.h"
#include "parser/parse_utilcmd.h"
#include "tcop/utility.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
}

namespace pg_tenant::isolation {
namespace {

constexpr int kMaxPartitions = 1024;

// What a query of the catalogs as they are now says, as text: one list for each column of each row.
List *read_catalogs(const char *query) {
	PushActiveSnapshot(GetLatestSnapshot());
	int result = 0;
	// The functions that tell are the extension's own.
	pg::as_role(extension_owner(), 0, [&] { result = SPI_execute(query, true, 0); });
	PopActiveSnapshot();
	if (result != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute failed: %s", SPI_result_code_string(result));
	List *values = NIL;
	for (uint64 row = 0; row < SPI_processed; row++) {
		for (int column = 1; column <= SPI_tuptable->tupdesc->natts; column++)
			values = lappend(values, SPI_getvalue(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, column));
	}
	return values;
}

bool is_partitioned_so(Oid table, const char *column, int count) {
	return read_catalogs(psprintf(
			   "SELECT 1 FROM pg_catalog.pg_partitioned_table t JOIN pg_catalog.pg_attribute a"
			   " ON a.attrelid OPERATOR(pg_catalog.=) t.partrelid"
			   " AND a.attnum OPERATOR(pg_catalog.=) ALL (t.partattrs::int2[])"
			   " WHERE t.partrelid OPERATOR(pg_catalog.=) %u AND t.partstrat OPERATOR(pg_catalog.=) 'h'"
			   " AND a.attname OPERATOR(pg_catalog.=) %s AND (SELECT pg_catalog.count(*) FROM"
			   " pg_catalog.pg_inherits WHERE inhparent OPERATOR(pg_catalog.=) %u)"
			   " OPERATOR(pg_catalog.=) %d",
			   table, quote_literal_cstr(column), table, count)) != NIL;
}

bool has_element(const List *elements, const char *column) {
	ListCell *cell;
	foreach (cell, elements) {
		const char *name = static_cast<IndexElem *>(lfirst(cell))->name;
		if (name != nullptr && strcmp(name, column) == 0)
			return true;
	}
	return false;
}

// A unique key of a partitioned table has the partition key among its columns.
void add_tenant_to(IndexStmt *index, Oid table, const char *column) {
	if (!index->unique || has_element(index->indexParams, column))
		return;
	auto *element = makeNode(IndexElem);
	element->name = pstrdup(column);
	element->ordering = SORTBY_DEFAULT;
	element->nulls_ordering = SORTBY_NULLS_DEFAULT;
	index->indexParams = lappend(index->indexParams, element);
	ereport(NOTICE, (errmsg("unique key \"%s\" of \"%s\" has \"%s\" as a further column now", index->idxname,
							get_rel_name(table), column),
					 errdetail("A unique key of a partitioned table has the partition key in it: the same "
							   "values may occur once for each tenant, and ON CONFLICT names all columns.")));
}

// Both tables have the same columns, but for those that were dropped.
AttrMap *columns_between(Relation old_table, Relation new_table) {
	const int count = RelationGetDescr(old_table)->natts;
	AttrMap *map = make_attrmap(count);
	for (int i = 0; i < count; i++) {
		const Form_pg_attribute attribute = TupleDescAttr(RelationGetDescr(old_table), i);
		if (!attribute->attisdropped)
			map->attnums[i] = get_attnum(RelationGetRelid(new_table), NameStr(attribute->attname));
	}
	return map;
}

// The statements that make the indexes of the old table for the new one, with their names and comments.
List *indexes_of(Oid old_oid, Oid new_oid, const char *column) {
	Relation old_table = table_open(old_oid, NoLock);
	Relation new_table = table_open(new_oid, NoLock);
	const AttrMap *columns = columns_between(old_table, new_table);
	List *statements = NIL;
	ListCell *cell;
	foreach (cell, RelationGetIndexList(old_table)) {
		Relation index = index_open(lfirst_oid(cell), AccessShareLock);
		RangeVar *name = makeRangeVar(get_namespace_name(RelationGetNamespace(new_table)),
									  pstrdup(RelationGetRelationName(new_table)), -1);
		IndexStmt *statement = generateClonedIndexStmt(name, index, columns, nullptr);
		statement->idxname = pstrdup(RelationGetRelationName(index));
		statement->idxcomment = GetComment(RelationGetRelid(index), RelationRelationId, 0);
		add_tenant_to(statement, new_oid, column);
		statements = lappend(statements, statement);
		index_close(index, AccessShareLock);
	}
	table_close(new_table, NoLock);
	table_close(old_table, NoLock);
	return statements;
}

void make_indexes(const List *statements) {
	ListCell *cell;
	foreach (cell, statements) {
		auto *command = makeNode(PlannedStmt);
		command->commandType = CMD_UTILITY;
		command->utilityStmt = static_cast<Node *>(lfirst(cell));
		command->stmt_location = -1;
		ProcessUtility(command, "CREATE INDEX", false, PROCESS_UTILITY_SUBCOMMAND, nullptr, nullptr,
					   None_Receiver, nullptr);
		CommandCounterIncrement();
	}
}

int64 count_all(const char *table) {
	int64 rows = 0;
	PushActiveSnapshot(GetLatestSnapshot());
	context::with_all_tenants(
		[&] { rows = pg::query_number("SELECT pg_catalog.count(*) FROM ONLY %s", table); });
	PopActiveSnapshot();
	return rows;
}

// Counted before by a snapshot of its own: a transaction with an old one does not move what that hides.
void move_rows(Oid old_table, const char *new_name) {
	const char *old_name = pg::qualified_name(old_table);
	const char *columns = stored_columns(old_table);
	const int64 rows = count_all(old_name);
	context::with_all_tenants([&] {
		pg::run_sql("INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM ONLY %s", new_name, columns,
					columns, old_name);
	});
	const auto moved = static_cast<int64>(SPI_processed);
	if (moved != rows)
		ereport(ERROR, (errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
						errmsg("rows of \"%s\" are newer than this transaction's snapshot",
							   strrchr(new_name, '.') + 1),
						errdetail(INT64_FORMAT " of " INT64_FORMAT " rows would be moved.", moved, rows),
						errhint("Begin a new transaction.")));
}

// The table and its partitions, empty, without indexes.
Oid make_tables(Oid old_table, const char *name, Oid schema, const char *column, int count,
				const char *storage, const List *each) {
	const char *new_name = quote_qualified_identifier(get_namespace_name(schema), name);
	pg::run_sql("CREATE TABLE %s (LIKE %s INCLUDING ALL EXCLUDING INDEXES EXCLUDING STATISTICS)"
				" PARTITION BY HASH (%s)",
				new_name, pg::qualified_name(old_table), quote_identifier(column));
	List *names = list_make1(const_cast<char *>(new_name));
	const char *persistence = get_rel_persistence(old_table) == RELPERSISTENCE_UNLOGGED ? "UNLOGGED " : "";
	for (int i = 0; i < count; i++) {
		const char *part = makeObjectName(name, nullptr, psprintf("p%d", i));
		char *part_name = quote_qualified_identifier(get_namespace_name(schema), part);
		pg::run_sql("CREATE %sTABLE %s PARTITION OF %s FOR VALUES WITH (MODULUS %d, REMAINDER %d)%s",
					persistence, part_name, new_name, count, i, storage);
		names = lappend(names, part_name);
	}
	ListCell *cell;
	foreach (cell, names)
		alter_table(static_cast<char *>(lfirst(cell)), each);
	return get_relname_relid(name, schema);
}

} // namespace

List *definition_of(Oid table, const char *step) {
	return read_catalogs(psprintf("SELECT command FROM tenant.table_definition(%u) WHERE step "
								  "OPERATOR(pg_catalog.=) %s",
								  table, quote_literal_cstr(step)));
}

void run_all(const List *commands) {
	ListCell *cell;
	foreach (cell, commands)
		pg::run_sql("%s", static_cast<const char *>(lfirst(cell)));
}

void alter_table(const char *name, const List *changes) {
	ListCell *cell;
	foreach (cell, changes)
		pg::run_sql("ALTER TABLE %s %s", name, static_cast<const char *>(lfirst(cell)));
}

const char *first_text(const List *texts) {
	return texts == NIL ? "" : static_cast<const char *>(linitial(texts));
}

const char *stored_columns(Oid table) {
	return first_text(read_catalogs(psprintf(
		"SELECT pg_catalog.string_agg(pg_catalog.quote_ident(attname), ', ' ORDER BY attnum) FROM "
		"pg_catalog.pg_attribute WHERE attrelid OPERATOR(pg_catalog.=) %u AND attnum OPERATOR(pg_catalog.>) 0"
		" AND NOT attisdropped AND attgenerated OPERATOR(pg_catalog.=) ''",
		table)));
}

int partition_count(int wanted) {
	if (wanted < 1 || wanted > kMaxPartitions)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("number of partitions must be between 1 and %d", kMaxPartitions)));
	return wanted;
}

bool needs_partitions(Oid table, const char *column, int count) {
	if (is_partitioned_so(table, column, count))
		return false;
	const char *name = get_rel_name(table);
	if (get_rel_relkind(table) == RELKIND_PARTITIONED_TABLE)
		ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
						errmsg("\"%s\" is partitioned in another way", name),
						errhint("SELECT tenant.protect(%s, %s);",
								quote_literal_cstr(pg::qualified_name(table)), quote_literal_cstr(column))));
	const List *obstacle =
		read_catalogs(psprintf("SELECT obstacle, fix FROM tenant.partition_obstacles(%u, %s)"
							   " LIMIT 1",
							   table, quote_literal_cstr(column)));
	if (obstacle != NIL)
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("cannot partition \"%s\"", name),
						errdetail("%s", first_text(obstacle)),
						errhint("%s", static_cast<char *>(lsecond(obstacle)))));
	return true;
}

Oid make_partitions(Oid table, const char *column, int count) {
	const Oid schema = get_rel_namespace(table);
	const char *name = get_rel_name(table);
	const char *new_name = pg::qualified_name(table);
	const List *before = definition_of(table, "before");
	const List *moved = definition_of(table, "moved");
	const List *after = definition_of(table, "after");
	const List *keys = definition_of(table, "keys");
	const char *storage = first_text(definition_of(table, "storage"));
	const List *each = definition_of(table, "each");
	pg::run_sql("ALTER TABLE %s RENAME TO %s", new_name,
				quote_identifier(ChooseRelationName(name, nullptr, "unpartitioned", schema, false)));
	run_all(before);
	const Oid partitioned = make_tables(table, name, schema, column, count, storage, each);
	run_all(definition_of(partitioned, "revoke"));
	move_rows(table, new_name);
	run_all(moved);
	const List *indexes = indexes_of(table, partitioned, column);
	pg::run_sql("DROP TABLE %s", pg::qualified_name(table));
	make_indexes(indexes);
	run_all(after);
	run_all(keys);
	// Nothing else analyzes a partitioned table by itself.
	pg::run_sql("ANALYZE %s", new_name);
	return partitioned;
}

} // namespace pg_tenant::isolation
