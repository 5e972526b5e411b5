#include "isolation/isolate.hpp"

#include "isolation/boundary.hpp"
#include "isolation/catalog.hpp"
#include "isolation/keys.hpp"
#include "isolation/mirror.hpp"
#include "isolation/partitions.hpp"
#include "isolation/policy.hpp"
#include "isolation/protect.hpp"
#include "pg/compat.hpp"
#include "pg/error.hpp"
#include "pg/scoped.hpp"
#include "pg/spi.hpp"
#include "registry/relations.hpp"
#include "registry/require.hpp"

extern "C" {
#include "access/table.h"
#include "access/xact.h"
#include "catalog/heap.h"
#include "catalog/namespace.h"
#include "catalog/partition.h"
#include "catalog/pg_inherits.h"
#include "commands/defrem.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "partitioning/partbounds.h"
#include "partitioning/partdesc.h"
#include "storage/bufmgr.h"
#include "storage/lmgr.h"
#include "storage/proc.h"
#include "storage/procarray.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/partcache.h"
#include "utils/snapmgr.h"
}

namespace pg_tenant::isolation {
namespace {

constexpr int kRowsPerBlock = 50;

struct Move {
	Oid table;
	Oid type;     // of the tenant column
	Oid parent;   // of the partition: the table, or a part of it
	bool by_list; // how the parent is partitioned
	Mirror mirror;
};

[[noreturn]] void refuse(const Move &move, const char *why) {
	ereport(ERROR,
			(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			 errmsg("cannot isolate a tenant of \"%s\"", get_rel_name(move.table)), errdetail("%s", why)));
}

// Raises unless the parent is partitioned by the tenant and by nothing else.
bool is_by_list(const Move &move) {
	Relation parent = table_open(move.parent, AccessShareLock);
	const PartitionKey key = RelationGetPartitionKey(parent);
	if (key == nullptr || get_partition_natts(key) != 1 ||
		get_partition_col_attnum(key, 0) != get_attnum(move.parent, move.mirror.column) ||
		get_partition_strategy(key) == PARTITION_STRATEGY_RANGE)
		refuse(move, "It is not partitioned by hash or by list of the tenant column.");
	const bool by_list = get_partition_strategy(key) == PARTITION_STRATEGY_LIST;
	table_close(parent, NoLock);
	return by_list;
}

// The partition of the parent that the tenant's rows belong into.
Oid part_that_takes(const Move &move) {
	ListCell *cell;
	foreach (cell, find_inheritance_children(move.parent, AccessShareLock)) {
		const Oid part = lfirst_oid(cell);
		const char *condition = pg::query_text("SELECT pg_catalog.pg_get_partition_constraintdef(%u)", part);
		if (condition == nullptr ||
			pg::query_number("SELECT (%s)::pg_catalog.int4 FROM (SELECT %s AS %s) x", condition,
							 move.mirror.literal, quote_identifier(move.mirror.column)) == 1)
			return part;
	}
	return InvalidOid;
}

void find_partition(Move *move) {
	move->parent = move->table;
	for (;;) {
		move->by_list = is_by_list(*move);
		move->mirror.source = part_that_takes(*move);
		if (!OidIsValid(move->mirror.source) ||
			get_rel_relkind(move->mirror.source) != RELKIND_PARTITIONED_TABLE)
			return;
		move->parent = move->mirror.source;
	}
}

// Those that have partitions of their own beside the default one, as SQL.
List *listed_tenants(const Move &move, Oid partition) {
	List *tenants = NIL;
	Relation parent = table_open(move.parent, AccessShareLock);
	const PartitionDesc parts = RelationGetPartitionDesc(parent, true);
	Oid output;
	bool is_varlena;
	getTypeOutputInfo(move.type, &output, &is_varlena);
	for (int i = 0; move.by_list && i < parts->boundinfo->ndatums; i++) {
		if (!OidIsValid(partition) || parts->oids[parts->boundinfo->indexes[i]] == partition)
			tenants = lappend(tenants,
							  const_cast<char *>(pg::literal(
								  move.type, OidOutputFunctionCall(output, parts->boundinfo->datums[i][0]))));
	}
	table_close(parent, NoLock);
	return tenants;
}

bool is_default(const Move &move) {
	return OidIsValid(move.mirror.source) && get_default_partition_oid(move.parent) == move.mirror.source;
}

bool has_own_partition(const Move &move) {
	if (!move.by_list || !OidIsValid(move.mirror.source) || is_default(move))
		return false;
	if (list_length(listed_tenants(move, move.mirror.source)) > 1)
		refuse(move, "Its partition is for other tenants too.");
	return true;
}

// Raises if something cannot be kept: the rows that it references are detached for a moment.
void require_replaceable(const Move &move) {
	if (get_rel_relkind(move.mirror.source) != RELKIND_RELATION)
		refuse(move, "The partition is no table.");
	require_mirrorable(move.mirror.source);
	const char *referencing = pg::query_text(
		"SELECT conrelid::pg_catalog.regclass FROM pg_catalog.pg_constraint JOIN pg_catalog.pg_class c"
		" ON c.oid OPERATOR(pg_catalog.=) conrelid WHERE confrelid OPERATOR(pg_catalog.=) %u"
		" AND contype OPERATOR(pg_catalog.=) 'f' AND conparentid OPERATOR(pg_catalog.=) 0"
		" AND relkind OPERATOR(pg_catalog.=) 'p'",
		move.table);
	if (referencing != nullptr)
		refuse(move, psprintf("Partitioned table \"%s\" references it.", referencing));
}

// The partition's own condition, which a CHECK of the same text would not always imply: functions in it have
// no collation.
void add_partition_condition(Oid stage, Oid source) {
	Relation from = table_open(source, AccessShareLock);
	Relation into = table_open(stage, AccessExclusiveLock);
	List *conditions = map_partition_varattnos(RelationGetPartitionQual(from), 1, into, from);
	auto *check = makeNode(Constraint);
	check->contype = CONSTR_CHECK;
	check->conname = pstrdup("pg_tenant_part");
	check->location = -1;
	check->cooked_expr = nodeToString(make_ands_explicit(conditions));
	check->initially_valid = true;
	check->skip_validation = true; // there are no rows
	pg::mark_enforced(check);
	(void)AddRelationNewConstraints(into, NIL, list_make1(check), false, true, true, nullptr);
	table_close(into, NoLock);
	table_close(from, NoLock);
	CommandCounterIncrement();
}

// A table like the partition that takes such rows only, and is known to, so that it is attached without a
// scan.
Oid make_stage(const Move &move, const char *suffix, const char *condition) {
	const Oid source = move.mirror.source;
	const Oid schema = get_rel_namespace(source);
	const char *relation = ChooseRelationName(get_rel_name(move.table), nullptr, suffix, schema, false);
	const char *name = quote_qualified_identifier(get_namespace_name(schema), relation);
	pg::run_sql("CREATE %sTABLE %s (LIKE %s INCLUDING ALL EXCLUDING IDENTITY EXCLUDING STATISTICS,"
				" CONSTRAINT pg_tenant_isolate CHECK (%s))%s",
				get_rel_persistence(source) == RELPERSISTENCE_UNLOGGED ? "UNLOGGED " : "", name,
				pg::qualified_name(source), condition, first_text(definition_of(source, "storage")));
	alter_table(name, definition_of(source, "each"));
	run_all(definition_of(get_relname_relid(relation, schema), "revoke"));
	const Oid stage = get_relname_relid(relation, schema);
	add_partition_condition(stage, source);
	put_policies(stage, move.mirror.column, move.type, false);
	return stage;
}

void begin_move(Move *move) {
	const char *column = quote_identifier(move->mirror.column);
	drop_mirror(move->mirror.source, true);
	StringInfoData others;
	initStringInfo(&others);
	appendStringInfo(&others, "%s OPERATOR(pg_catalog.<>) %s", column, move->mirror.literal);
	ListCell *cell;
	foreach (cell, listed_tenants(*move, InvalidOid))
		appendStringInfo(&others, " AND %s OPERATOR(pg_catalog.<>) %s", column,
						 static_cast<char *>(lfirst(cell)));
	move->mirror.own =
		make_stage(*move, "tenant", psprintf("%s OPERATOR(pg_catalog.=) %s", column, move->mirror.literal));
	move->mirror.rest = make_stage(*move, "rest", others.data);
	start_mirroring(move->mirror);
}

void copy_all(const Move &move, int batch) {
	Relation source = table_open(move.mirror.source, AccessShareLock);
	const BlockNumber blocks = RelationGetNumberOfBlocks(source);
	table_close(source, AccessShareLock);
	const BlockNumber step = Max(1, batch / kRowsPerBlock);
	BlockNumber told = 0;
	for (BlockNumber first = 0; first < blocks; first += step) {
		copy_blocks(move.mirror, first, first + step);
		pg::commit_sql();
		if (first - told >= blocks / 10 && blocks > step * 10) {
			ereport(NOTICE, (errmsg("%u of %u blocks of \"%s\" are copied", first, blocks,
									get_rel_name(move.mirror.source))));
			told = first;
		}
	}
}

// The foreign keys of the table, on the tables that are to be its partitions, checked while all is in use.
void add_foreign_keys(const Move &move) {
	const Oid stages[] = {move.mirror.own, move.mirror.rest};
	for (const Oid stage : stages) {
		const char *name = pg::qualified_name(stage);
		alter_table(name, definition_of(move.table, "keys of parts"));
		pg::commit_sql();
		run_all(definition_of(stage, "validate own keys"));
		pg::run_sql("ANALYZE %s", name);
		pg::commit_sql();
	}
}

// Who has a snapshot from before the copies were complete would miss rows in them.
void wait_for_older_snapshots() {
	int count;
	VirtualTransactionId *others = GetCurrentVirtualXIDs(GetLatestSnapshot()->xmin, true, false,
														 PROC_IS_AUTOVACUUM | PROC_IN_VACUUM, &count);
	for (int i = 0; i < count; i++)
		(void)VirtualXactLock(others[i], true);
}

// Attaches the two in the place of the one; nothing is scanned. Returns what has to be validated then.
List *replace_partition(const Move &move) {
	const Mirror &mirror = move.mirror;
	LockRelationOid(move.table, AccessExclusiveLock);
	LockRelationOid(move.parent, AccessExclusiveLock);
	LockRelationOid(mirror.source, AccessExclusiveLock);
	const bool open = policies_of(move.table).has_rows;
	const char *parent = pg::qualified_name(move.parent);
	const char *source = pg::qualified_name(mirror.source);
	const char *column = quote_identifier(mirror.column);
	const char *bound =
		pg::query_text("SELECT pg_catalog.pg_get_expr(relpartbound, oid) FROM pg_catalog.pg_class"
					   " WHERE oid OPERATOR(pg_catalog.=) %u",
					   mirror.source);
	const List *owner = definition_of(mirror.source, "each");
	const List *keys = definition_of(move.table, "unchecked keys");
	List *validations = definition_of(move.table, "validate keys");
	drop_mirror(mirror.source, false);
	run_all(definition_of(move.table, "before"));
	pg::run_sql("ALTER TABLE %s DETACH PARTITION %s", parent, source);
	pg::run_sql("DROP TABLE %s", source);
	if (!move.by_list) {
		pg::run_sql("CREATE TABLE %s PARTITION OF %s %s PARTITION BY LIST (%s)", source, parent, bound,
					column);
		alter_table(source, owner);
		parent = source;
	}
	pg::run_sql("ALTER TABLE %s ATTACH PARTITION %s FOR VALUES IN (%s)", parent,
				pg::qualified_name(mirror.own), mirror.literal);
	pg::run_sql("ALTER TABLE %s ATTACH PARTITION %s DEFAULT", parent, pg::qualified_name(mirror.rest));
	const Oid stages[] = {mirror.own, mirror.rest};
	for (const Oid stage : stages) {
		pg::run_sql("ALTER TABLE %s DROP CONSTRAINT pg_tenant_isolate, DROP CONSTRAINT pg_tenant_part",
					pg::qualified_name(stage));
		put_policies(stage, mirror.column, move.type, open && !policies_of(stage).has_other_permissive);
	}
	if (move.by_list)
		pg::run_sql("ALTER TABLE %s RENAME TO %s", pg::qualified_name(mirror.rest), strrchr(source, '.') + 1);
	run_all(keys);
	check_foreign_keys(find_all_inheritors(move.table, AccessExclusiveLock, nullptr), false);
	return validations;
}

void prepare(Oid table, const char *tenant, Move *move) {
	*move = {};
	move->table = table;
	const registry::Protection protection = registry::protection_of(table);
	if (protection.column == InvalidAttrNumber)
		ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
						errmsg("\"%s\" is not protected", get_rel_name(table)),
						errhint("SELECT tenant.protect(%s, partitions => 16);",
								quote_literal_cstr(pg::qualified_name(table)))));
	if (parents_of(table) != NIL)
		refuse(*move, "It is a partition itself.");
	core::TenantId id;
	read_tenant_for(protection.type, tenant, "tenant id", false, &id);
	move->type = protection.type;
	move->mirror.column = get_attname(table, protection.column, false);
	move->mirror.tenant = pstrdup(id.text);
	move->mirror.literal = pg::literal(move->type, id.text);
	find_partition(move);
}

// As long as it lasts, no other command alters the two.
void lock_for_session(Oid relation, LockRelId *lock) {
	Relation opened = table_open(relation, ShareUpdateExclusiveLock);
	*lock = opened->rd_lockInfo.lockRelId;
	LockRelationIdForSession(lock, ShareUpdateExclusiveLock);
	table_close(opened, NoLock);
}

template <typename Call> void protecting(Call call) { pg::with_value(&protection_may_change, true, call); }

void move_tenant(Move *move, int batch) {
	LockRelId table_lock;
	LockRelId source_lock;
	lock_for_session(move->table, &table_lock);
	lock_for_session(move->mirror.source, &source_lock);
	require_replaceable(*move);
	protecting([&] { begin_move(move); });
	pg::commit_sql();
	copy_all(*move, batch);
	add_foreign_keys(*move);
	wait_for_older_snapshots();
	const List *validations = NIL;
	protecting([&] { validations = replace_partition(*move); });
	pg::commit_sql();
	run_all(validations);
	pg::commit_sql();
	UnlockRelationIdForSession(&source_lock, ShareUpdateExclusiveLock);
	UnlockRelationIdForSession(&table_lock, ShareUpdateExclusiveLock);
}

} // namespace

void isolate_tenant(Oid table, const char *tenant, int batch) {
	registry::require_free("move a tenant");
	pg::begin_committing_sql();
	lock_owned(table, ShareUpdateExclusiveLock);
	Move move;
	prepare(table, tenant, &move);
	if (has_own_partition(move)) {
		ereport(NOTICE,
				(errmsg("the tenant has a partition of its own: \"%s\"", get_rel_name(move.mirror.source))));
		// A call that ended between its last two transactions has left them.
		run_all(definition_of(table, "unfinished keys"));
	} else if (!OidIsValid(move.mirror.source)) {
		pg::run_sql("CREATE TABLE %s PARTITION OF %s FOR VALUES IN (%s)",
					quote_qualified_identifier(get_namespace_name(get_rel_namespace(table)),
											   ChooseRelationName(get_rel_name(table), nullptr, "tenant",
																  get_rel_namespace(table), false)),
					pg::qualified_name(move.parent), move.mirror.literal);
	} else {
		move_tenant(&move, batch);
	}
	pg::end_sql();
}

} // namespace pg_tenant::isolation
