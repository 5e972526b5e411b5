#include "isolation/key_queries.hpp"

#include "pg/hash.hpp"
#include "pg/spi.hpp"

extern "C" {
#include "access/htup_details.h"
#include "access/xact.h"
#include "commands/trigger.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
}

namespace pg_tenant::isolation {
namespace {

struct PlanKey {
	Oid constraint;
	KeyQuery query;
};

struct Plan {
	PlanKey key;
	SPIPlanPtr plan;
};

Plan *plan_entry(const ForeignKey &key, KeyQuery query) {
	static HTAB *plans = nullptr;
	if (plans == nullptr)
		plans = pg::make_hash_table<PlanKey, Plan>("pg_tenant lookups of foreign keys", 64, TopMemoryContext);
	const PlanKey wanted = {key.oid, query};
	bool is_there;
	auto *found = static_cast<Plan *>(hash_search(plans, &wanted, HASH_ENTER, &is_there));
	if (!is_there)
		found->plan = nullptr;
	return found;
}

} // namespace

void read_key(Oid constraint, ForeignKey *key) {
	HeapTuple tuple = SearchSysCache1(CONSTROID, ObjectIdGetDatum(constraint));
	if (!HeapTupleIsValid(tuple) ||
		reinterpret_cast<Form_pg_constraint>(GETSTRUCT(tuple))->contype != CONSTRAINT_FOREIGN)
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("this trigger belongs to no foreign key")));
	auto *form = reinterpret_cast<Form_pg_constraint>(GETSTRUCT(tuple));
	key->oid = constraint;
	key->parent = form->conparentid;
	key->name = form->conname;
	key->is_validated = form->convalidated;
	key->on_delete = form->confdeltype;
	key->referencing = form->conrelid;
	key->referenced = form->confrelid;
	DeconstructFkConstraintRow(tuple, &key->count, key->referencing_columns, key->referenced_columns,
							   key->operators, key->referenced_operators, nullptr, &key->set_count,
							   key->set_columns);
	ReleaseSysCache(tuple);
}

void read_declared_key(const ForeignKey &own, ForeignKey *declared) {
	*declared = own;
	while (OidIsValid(declared->parent))
		read_key(declared->parent, declared);
}

List *key_constraints(Relation relation, int side) {
	List *constraints = NIL;
	const TriggerDesc *triggers = relation->trigdesc;
	for (int i = 0; triggers != nullptr && i < triggers->numtriggers; i++) {
		const Trigger &trigger = triggers->triggers[i];
		if (OidIsValid(trigger.tgconstraint) && RI_FKey_trigger_type(trigger.tgfoid) == side)
			constraints = list_append_unique_oid(constraints, trigger.tgconstraint);
	}
	return constraints;
}

const char *rows_of_key(Relation table) {
	return psprintf("%s%s", table->rd_rel->relkind == RELKIND_PARTITIONED_TABLE ? "" : "ONLY ",
					pg::qualified_name(RelationGetRelid(table)));
}

void append_key_conditions(StringInfo text, const ForeignKey &key, KeySide rows, KeySide values, Oid *types) {
	const bool are_referencing = rows == KeySide::kReferencing;
	const Oid relation = are_referencing ? key.referencing : key.referenced;
	for (int i = 0; i < key.count; i++) {
		const AttrNumber number = are_referencing ? key.referencing_columns[i] : key.referenced_columns[i];
		const char *column = psprintf("x.%s", quote_identifier(get_attname(relation, number, false)));
		const Oid type = get_atttype(relation, number);
		const char *parameter = psprintf("$%d", i + 1);
		types[i] = values == KeySide::kReferencing ? get_atttype(key.referencing, key.referencing_columns[i])
												   : get_atttype(key.referenced, key.referenced_columns[i]);
		appendStringInfoString(text, i == 0 ? " WHERE " : " AND ");
		if (are_referencing)
			generate_operator_clause(text, parameter, types[i], key.operators[i], column, type);
		else
			generate_operator_clause(text, column, type,
									 values == KeySide::kReferencing ? key.operators[i]
																	 : key.referenced_operators[i],
									 parameter, types[i]);
	}
}

bool read_key_values(const ForeignKey &key, TupleTableSlot *slot, const AttrNumber *columns, Datum *values) {
	for (int i = 0; i < key.count; i++) {
		bool is_null;
		values[i] = slot_getattr(slot, columns[i], &is_null);
		if (is_null)
			return false;
	}
	return true;
}

SPIPlanPtr kept_plan(const ForeignKey &key, KeyQuery query) {
	Plan *found = plan_entry(key, query);
	if (found->plan != nullptr && SPI_plan_is_valid(found->plan))
		return found->plan;
	if (found->plan != nullptr)
		SPI_freeplan(found->plan);
	found->plan = nullptr;
	return nullptr;
}

SPIPlanPtr keep_plan(const ForeignKey &key, KeyQuery query, const char *command, int count, Oid *types) {
	SPIPlanPtr plan = SPI_prepare(command, count, types);
	if (plan == nullptr)
		elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(SPI_result));
	SPI_keepplan(plan);
	plan_entry(key, query)->plan = plan;
	return plan;
}

void execute_plan(SPIPlanPtr plan, Datum *values, const char *nulls) {
	// What this transaction has done counts too.
	CommandCounterIncrement();
	Snapshot latest = GetLatestSnapshot();
	// No row is changed that the transaction's own snapshot does not show: that is a serialization failure.
	Snapshot own = IsolationUsesXactSnapshot() ? GetTransactionSnapshot() : InvalidSnapshot;
	const int result = SPI_execute_snapshot(plan, values, nulls, latest, own, false, false, 0);
	if (result < 0)
		elog(ERROR, "SPI_execute_snapshot failed: %s", SPI_result_code_string(result));
}

} // namespace pg_tenant::isolation
