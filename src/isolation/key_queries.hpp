// Foreign keys as the catalog has them, and queries for the rows on either side of one. They run as those of
// ri_triggers.c do: by the owner of the table that is read or written, past its policies, with a fresh
// snapshot, and their plans are kept. Everything here may raise.
#pragma once

#include "pg/scoped.hpp"

extern "C" {
#include "access/attnum.h"
#include "catalog/pg_constraint.h"
#include "executor/spi.h"
#include "executor/tuptable.h"
#include "lib/stringinfo.h"
#include "utils/rel.h"
}

namespace pg_tenant::isolation {

// A row of pg_constraint.
struct ForeignKey {
	Oid oid;
	Oid parent;
	NameData name;
	bool is_validated;
	char on_delete; // FKCONSTR_ACTION_…
	Oid referencing;
	Oid referenced;
	int count;
	AttrNumber referencing_columns[INDEX_MAX_KEYS];
	AttrNumber referenced_columns[INDEX_MAX_KEYS];
	Oid operators[INDEX_MAX_KEYS];            // referenced = referencing
	Oid referenced_operators[INDEX_MAX_KEYS]; // referenced = referenced
	int set_count;                            // what ON DELETE SET … sets; 0 for all
	AttrNumber set_columns[INDEX_MAX_KEYS];
};

void read_key(Oid constraint, ForeignKey *key);

// The key that a partition's was made of: it names both tables as a whole.
void read_declared_key(const ForeignKey &own, ForeignKey *declared);

// Calls visit(own, declared) for each key that the relation has (RI_TRIGGER_FK), or that leads to it
// (RI_TRIGGER_PK). In own the columns are the relation's. What is called may do anything.
template <typename Visit> void visit_keys(Relation relation, int side, Visit visit);

enum class KeyQuery {
	kReferenced,
	kMoved,
	kReferencing,
	kLiveReferenced,
	kLiveReferencing,
	kMark,
	kRestore,
	kClear
};

enum class KeySide { kReferencing, kReferenced };

// The table in a FROM clause, as far as a foreign key reaches.
const char *rows_of_key(Relation table);

// " WHERE …" for rows x of one side, by parameters that are the values of a row of this or the other side.
void append_key_conditions(StringInfo text, const ForeignKey &key, KeySide rows, KeySide values, Oid *types);

// False if one is NULL: then nothing is referenced.
bool read_key_values(const ForeignKey &key, TupleTableSlot *slot, const AttrNumber *columns, Datum *values);

// The plan of an earlier query, if nothing that it depends on has changed since; else NULL.
SPIPlanPtr kept_plan(const ForeignKey &key, KeyQuery query);
SPIPlanPtr keep_plan(const ForeignKey &key, KeyQuery query, const char *command, int count, Oid *types);
void execute_plan(SPIPlanPtr plan, Datum *values, const char *nulls);

// Between pg::begin_sql() and pg::end_sql(). make_text(types) is called where no plan has been kept.
template <typename MakeText>
void run_key_query(const ForeignKey &key, KeyQuery query, Relation table, int count, Datum *values,
				   const char *nulls, MakeText make_text) {
	pg::as_role(table->rd_rel->relowner, SECURITY_NOFORCE_RLS, [&] {
		SPIPlanPtr plan = kept_plan(key, query);
		if (plan == nullptr) {
			Oid types[INDEX_MAX_KEYS + 2];
			const char *command = make_text(types);
			plan = keep_plan(key, query, command, count, types);
		}
		execute_plan(plan, values, nulls);
	});
}

// The constraints of such triggers of the relation.
List *key_constraints(Relation relation, int side);

template <typename Visit> void visit_keys(Relation relation, int side, Visit visit) {
	List *seen = NIL;
	ListCell *cell;
	foreach (cell, key_constraints(relation, side)) {
		ForeignKey own;
		ForeignKey declared;
		read_key(lfirst_oid(cell), &own);
		read_declared_key(own, &declared);
		if (list_member_oid(seen, declared.oid))
			continue;
		seen = lappend_oid(seen, declared.oid);
		visit(own, declared);
	}
}

} // namespace pg_tenant::isolation
