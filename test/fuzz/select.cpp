// Statements that read.
#include "generator.hpp"

#include <algorithm>

namespace fuzz {

std::vector<Column> Generator::chosen(const std::vector<Column> &columns) {
	std::vector<Column> result;
	for (int number = 1 + random_.below(4); number > 0; --number)
		result.push_back(random_.of(columns));
	return result;
}

static std::string commas(const std::vector<Column> &columns) {
	std::string result;
	for (const Column &column : columns)
		result += (result.empty() ? "" : ", ") + column.reference;
	return result;
}

// What may follow in a list without changing what it is ordered by.
Tree Generator::list(const std::vector<Column> &columns, const std::vector<Column> &all) {
	std::vector<Part> parts{columns[0].reference};
	for (std::size_t i = 1; i < columns.size(); ++i)
		parts.emplace_back(optional({", ", columns[i].reference}));
	for (const Column &column : all)
		if (column.kind == "word" && column.is_spied && random_.chance(10))
			parts.emplace_back(optional(
				{", ", random_.of({"spy(", "later_spy(", "upper(", "inlined_spy("}), column.reference, ")"}));
	if (random_.chance(6)) {
		Source from = source(0);
		const std::string key = random_.of(keys_of(from.columns)).reference;
		const std::vector<Column> ours = keys_of(all);
		if (!ours.empty())
			parts.emplace_back(optional({", (SELECT count(*) FROM ", from.text, " WHERE ", key, " = ",
										 random_.of(ours).reference, " AND ", test(from.columns, 0), ")"}));
	}
	return words(parts);
}

Statement Generator::grouped(const Source &from, Tree where) {
	std::vector<Column> good;
	for (const Column &column : from.columns)
		if (column.kind == "parent" || column.kind == "colour" || column.kind == "word" ||
			column.kind == "digits" || column.kind == "n")
			good.push_back(column);
	const Column first = random_.of(good.empty() ? from.columns : good);
	const Column second = random_.of(good.empty() ? from.columns : good);
	std::string number = "1";
	for (const Column &column : from.columns)
		if (is_number(column) && (number == "1" || random_.chance(30)))
			number = column.reference;
	Tree having = random_.chance(50) ? optional({" HAVING ", test({first}, 0)}) : words({});
	const std::string by = random_.of(
		{"$1", "$1", "$1, $2", "ROLLUP ($1, $2)", "CUBE ($1, $2)", "GROUPING SETS (($1), ($2), ())"});
	if (by != "$1" && by != "$1, $2")
		having = words({});
	std::string keys = by;
	for (std::size_t at = 0; (at = keys.find('$', at)) != std::string::npos;)
		keys.replace(at, 2, keys[at + 1] == '1' ? first.reference : second.reference);
	Tree told = first.kind == "word" && first.is_spied && random_.chance(25)
					? optional({", tell(", first.reference, ")"})
					: words({});
	return {words({"SELECT ", first.reference, by == "$1" ? "" : ", " + second.reference,
				   optional({", count(*)"}), optional({", max(", number, ")"}),
				   optional({", sum(", number, ") FILTER (WHERE ", test(from.columns, 0), ")"}),
				   optional({", count(DISTINCT ", second.reference, ")"}), told, " FROM ", from.text, where,
				   " GROUP BY ", keys, having})};
}

Statement Generator::aggregated(const Source &from, Tree where) {
	const Column one = random_.of(from.columns);
	std::vector<Part> parts{
		"SELECT count(*)", optional({", count(DISTINCT ", one.reference, ")"}),
		optional({", array_agg(", one.reference, "::text ORDER BY ", one.reference, "::text)"}),
		optional({", min(", one.reference, "::text)"}), optional({", bool_or(", test(from.columns, 0), ")"})};
	if (one.kind == "word" && one.is_spied)
		parts.emplace_back(optional({", tell(", one.reference, ")"}));
	parts.insert(parts.end(), {" FROM ", from.text, where});
	return {words(parts)};
}

Statement Generator::distinct(const Source &from, Tree where) {
	const std::vector<Column> columns = chosen(from.columns);
	const std::string all = commas(columns);
	if (random_.chance(50))
		return {words({"SELECT DISTINCT ", all, " FROM ", from.text, where})};
	Statement result{words({"SELECT DISTINCT ON (", columns[0].reference, ") ", all, " FROM ", from.text,
							where, " ORDER BY ", all})};
	result.is_ordered = true;
	return result;
}

Statement Generator::ranked(const Source &from, Tree where) {
	const std::vector<Column> columns = chosen(from.columns);
	const std::string call = random_.of({"rank()", "rank()", "dense_rank()", "count(*)"});
	const std::string over =
		" OVER (PARTITION BY " + columns.back().reference + " ORDER BY " + columns[0].reference + ")";
	std::vector<Column> seen{{"w.a", columns[0].kind, columns[0].is_key, columns[0].is_spied},
							 {"w.n", "id", true, false}};
	return {words({"SELECT * FROM (SELECT ", columns[0].reference, " AS a, ", call, over, " AS n FROM ",
				   from.text, where, ") w WHERE w.n < 5", optional({" AND ", test(seen, 0)})})};
}

Statement Generator::set_operation() {
	std::vector<Part> arms;
	bool is_spied = true;
	const std::string operation = random_.of({" UNION ALL ", " UNION ALL ", " UNION ", " INTERSECT ",
											  " EXCEPT ", " INTERSECT ALL ", " EXCEPT ALL "});
	for (int number = 2 + random_.below(2); number > 0; --number) {
		Source from = joined(1);
		Column text{"'none'", "word"};
		for (const Column &column : from.columns)
			if (column.kind == "word")
				text = column;
		is_spied = is_spied && text.is_spied;
		if (!arms.empty())
			arms.emplace_back(operation);
		arms.emplace_back(words({"SELECT ", random_.of(keys_of(from.columns)).reference, " AS id, ",
								 text.reference, " AS word FROM ", from.text, where(from.columns, 1)}));
	}
	const std::vector<Column> columns{{"u.id", "id", true, is_spied}, {"u.word", "word", false, is_spied}};
	return {words({"SELECT * FROM (", words(arms), ") u", where(columns, 0)})};
}

Statement Generator::common_table(const Source &from, Tree where) {
	const std::string materialized = random_.of({"", " MATERIALIZED", " NOT MATERIALIZED"});
	std::vector<Part> list;
	Relation defined{"q", {}, true};
	for (const char *name : {"id", "parent", "amount", "word", "digits", "n", "colour"})
		for (const Column &column : from.columns)
			if (column.kind == name && (defined.columns.empty() || defined.columns.back() != name)) {
				list.push_back((list.empty() ? "" : ", ") + column.reference + " AS " + name);
				defined.columns.push_back(name);
				defined.is_protected = defined.is_protected && column.is_spied;
			}
	if (std::find(defined.columns.begin(), defined.columns.end(), "parent") == defined.columns.end() &&
		std::find(defined.columns.begin(), defined.columns.end(), "id") == defined.columns.end())
		return {words({"SELECT ", from.columns[0].reference, " FROM ", from.text, where})};
	known_.push_back(defined);
	Source outer = joined(1);
	return {words({"WITH q AS", optional({materialized}), " (SELECT ", words(list), " FROM ", from.text,
				   where, ") SELECT ", this->list(chosen(outer.columns), outer.columns), " FROM ", outer.text,
				   this->where(outer.columns, 1)})};
}

Statement Generator::recursive() {
	Source first = table();
	Source next = table();
	const std::string start = random_.of(keys_of(first.columns)).reference;
	const std::string up = random_.of(keys_of(next.columns)).reference;
	const std::string reached = random_.of(keys_of(next.columns)).reference;
	return {
		words({"WITH RECURSIVE q(id, depth) AS (SELECT ", start, ", 1 FROM ", first.text,
			   where(first.columns, 1), " UNION SELECT ", reached, ", q.depth + 1 FROM q JOIN ", next.text,
			   " ON ", up, " = q.id WHERE q.depth < 4 AND ", test(next.columns, 0), ") SELECT * FROM q"})};
}

// Fails if there is a row.
Statement Generator::failing(const Source &from, Tree where) {
	const std::string key = random_.of(keys_of(from.columns)).reference;
	return {words({"SELECT 1 / (", key, " - ", key, ") FROM ", from.text, where,
				   optional({" AND ", key, " IS NOT NULL"})})};
}

Statement Generator::select() {
	const int kind = random_.below(100);
	if (kind < 8)
		return set_operation();
	if (kind < 11)
		return recursive();
	const Source from = joined(2);
	Tree where = this->where(from.columns, 2);
	if (kind < 28)
		return grouped(from, where);
	if (kind < 35)
		return aggregated(from, where);
	if (kind < 43)
		return distinct(from, where);
	if (kind < 49)
		return ranked(from, where);
	if (kind < 56)
		return common_table(from, where);
	if (kind < 58)
		return failing(from, where);
	if (kind < 70) {
		const std::vector<Column> columns = chosen(from.columns);
		const std::string all = commas(columns);
		const std::string descending = random_.of({"", " DESC"});
		Statement result{words({"SELECT ", all, " FROM ", from.text, where, " ORDER BY ", all, descending,
								optional({" LIMIT `!bigint:" + random_.number(12) + "`"}),
								random_.chance(20) ? optional({" OFFSET 2"}) : words({})})};
		result.is_ordered = true;
		return result;
	}
	return {words({"SELECT ", list(chosen(from.columns), from.columns), " FROM ", from.text, where})};
}

Statement Generator::statement() {
	aliases_ = 0;
	known_.clear();
	return random_.chance(22) ? change() : select();
}

} // namespace fuzz
