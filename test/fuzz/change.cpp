// Statements that write; each writes a row once, and what it writes is no other tenant's.
#include "generator.hpp"

namespace fuzz {

std::vector<Column> Generator::target(const std::string &table) { return columns_of(relation(table), table); }

// Distinct numbers, as s(k).
Tree Generator::keys(int depth) {
	Source from = joined(depth);
	const std::string key = random_.of(keys_of(from.columns)).reference;
	return words({"(SELECT DISTINCT ", key, " AS k FROM ", from.text, where(from.columns, depth), ") s"});
}

Tree Generator::returning(const std::string &table, const std::vector<Column> &columns) {
	if (random_.chance(30))
		return words({});
	// When a row was deleted, the row that DELETE returns says here, and nobody alone.
	const std::string one = random_.of(columns).reference;
	return optional({" RETURNING ", table, ".id, ", one == table + ".deleted_at" ? table + ".word" : one,
					 optional({", spy(", table, ".word)"})});
}

Statement Generator::insert() {
	Source from = random_.chance(50) ? table() : source(1);
	const std::string key = random_.of(keys_of(from.columns)).reference;
	const std::string table = random_.of({"things", "things", "events", "notes"});
	const std::vector<Column> columns = target(table);
	Tree rows = words({"SELECT s.k, s.k % 7, 1 + s.k % 40, 'new' || s.k FROM (SELECT DISTINCT ", key,
					   " AS k FROM ", from.text, where(from.columns, 1), ") s WHERE s.k IS NOT NULL"});
	const std::string into = "INSERT INTO " + table + " (id, parent, amount, word) ";
	const int kind = random_.below(5);
	if (kind == 0 || table == "notes")
		return {words({into, rows, returning(table, columns)})};
	if (kind == 1)
		return {words({into, "SELECT 3000 + k, parent, amount, word FROM (", rows,
					   ") i (k, parent, amount, word)", returning(table, columns)})};
	if (kind == 2)
		return {words({into, rows, " ON CONFLICT DO NOTHING", returning(table, columns)})};
	return {words({into, rows, " ON CONFLICT (tenant_id, id) DO UPDATE SET n = 3.0, amount = EXCLUDED.amount",
				   optional({" WHERE ", test(columns, 0)}), returning(table, columns)})};
}

Statement Generator::update() {
	const std::string table = random_.of({"things", "things", "events", "notes", "children", "barrier_view",
										  "invoker_view", "super_view", "bypass_view", "events_2"});
	const std::vector<Column> columns = target(table);
	std::string set = random_.of(
		{"amount = amount + 3", "word = word || '!'", "word = lower(word), amount = 7", "parent = NULL"});
	if (table == "children")
		set = "amount = amount + 3";
	else if (table == "events")
		set = random_.of({"colour = 'mid'", "id = id + 1000", "n = n + 1", "tenant_id = tenant_id"});
	else if (table == "things")
		set = random_.of({"id = id + 1000", "n = n + 1", "word = word || '!', amount = amount + 1",
						  "data = data || '{\"n\": 4}', colour = 'low'"});
	if (random_.chance(50))
		return {words({"UPDATE ", table, " SET ", set, where(columns, 2), returning(table, columns)})};
	const std::string key = random_.of({".id", ".parent"});
	return {words({"UPDATE ", table, " SET ", set, " FROM ", keys(1), " WHERE ", table, key, " = s.k",
				   optional({" AND ", test(columns, 1)}), returning(table, columns)})};
}

Statement Generator::remove() {
	const std::string table =
		random_.of({"things", "things", "events", "notes", "children", "barrier_view", "super_view"});
	const std::vector<Column> columns = target(table);
	if (random_.chance(50))
		return {words({"DELETE FROM ", table, where(columns, 2), returning(table, columns)})};
	const std::string key = random_.of({".id", ".parent"});
	return {words({"DELETE FROM ", table, " USING ", keys(1), " WHERE ", table, key, " = s.k",
				   optional({" AND ", test(columns, 1)}), returning(table, columns)})};
}

Statement Generator::merge() {
	const std::string table = random_.of({"things", "things", "events", "children"});
	const std::vector<Column> columns = target(table);
	std::vector<Column> both = columns;
	both.push_back({"s.k", "id", true, false});
	const std::string parent = table == "children" ? "1" : "s.k % 5";
	return {words(
		{"MERGE INTO ", table, " USING ", keys(1), " ON ", table, ".id = s.k",
		 optional({" AND ", test(columns, 0)}),
		 optional({" WHEN MATCHED AND ", test(both, 0), " THEN DELETE"}),
		 optional({" WHEN MATCHED AND ", test(both, 0), " THEN DO NOTHING"}),
		 " WHEN MATCHED THEN UPDATE SET amount = 9, word = 'merged'",
		 optional(
			 {" WHEN NOT MATCHED AND s.k > 5 THEN INSERT (id, parent, amount, word) VALUES (3000 + s.k, ",
			  parent, ", 4, 'new')"})})};
}

// A change within WITH, and a query that does not see it.
Statement Generator::change_within() {
	const std::string table = random_.of({"things", "events", "notes"});
	const std::vector<Column> columns = target(table);
	Tree change = random_.chance(50)
					  ? words({"DELETE FROM ", table, where(columns, 1)})
					  : words({"UPDATE ", table, " SET amount = amount + 2", where(columns, 1)});
	known_.push_back({"q", {"id", "parent", "amount", "word"}, true});
	Source from = joined(1);
	return {words({"WITH q AS (", change, " RETURNING ", table, ".id, ", table, ".parent, ", table,
				   ".amount, ", table, ".word) SELECT ", list(chosen(from.columns), from.columns), " FROM ",
				   from.text, where(from.columns, 1)})};
}

Statement Generator::change() {
	Statement result;
	const int kind = random_.below(100);
	if (kind < 25)
		result = insert();
	else if (kind < 52)
		result = update();
	else if (kind < 72)
		result = remove();
	else if (kind < 88)
		result = merge();
	else
		result = change_within();
	result.writes = true;
	return result;
}

} // namespace fuzz
