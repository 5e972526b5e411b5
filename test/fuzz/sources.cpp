// FROM and WHERE.
#include "generator.hpp"

#include <algorithm>

namespace fuzz {

std::vector<Column> keys_of(const std::vector<Column> &columns) {
	std::vector<Column> keys;
	std::copy_if(columns.begin(), columns.end(), std::back_inserter(keys),
				 [](const Column &column) { return column.is_key; });
	return keys;
}

Tree Generator::test(const std::vector<Column> &columns, int depth) {
	const int kind = random_.below(100);
	if (depth > 0 && kind < 12)
		return sub_link(columns, depth);
	if (kind < 22)
		return condition({"(", test(columns, depth), " OR ", test(columns, 0), ")"});
	if (kind < 27)
		return condition({"NOT (", test(columns, 0), ")"});
	if (kind < 31)
		return condition({"CASE WHEN ", test(columns, 0), " THEN ", test(columns, 0), " ELSE false END"});
	if (kind < 33)
		return condition({"(", test(columns, 0), ") IS NOT TRUE"});
	if (kind < 36) {
		const Column &one = random_.of(columns);
		std::vector<Column> alike;
		std::copy_if(columns.begin(), columns.end(), std::back_inserter(alike),
					 [&](const Column &column) { return column.kind == one.kind; });
		const Column &other = random_.of(alike);
		const bool is_spying = one.kind == "word" && one.is_spied && other.is_spied && random_.chance(50);
		return condition({one.reference,
						  is_spying ? random_.of({" === ", " <<< ", " >>= "})
									: random_.of({" = ", " <= ", " <> ", " IS DISTINCT FROM "}),
						  other.reference});
	}
	return comparison(random_, random_.of(columns));
}

Tree Generator::where(const std::vector<Column> &columns, int depth) {
	if (random_.chance(10))
		return words({});
	Tree all = test(columns, depth);
	for (int more = random_.below(3); more > 0; --more)
		all = condition({all, " AND ", test(columns, depth)});
	return optional({" WHERE ", all});
}

Tree Generator::sub_link(const std::vector<Column> &outer, int depth) {
	const std::vector<Column> outer_keys = keys_of(outer);
	if (outer_keys.empty())
		return condition({"true"});
	Source from = random_.chance(25) ? joined(depth - 1) : source(depth - 1);
	const std::string here = random_.of(keys_of(from.columns)).reference;
	const std::string key = random_.of(outer_keys).reference;
	std::vector<Column> seen = from.columns;
	if (random_.chance(30))
		seen.insert(seen.end(), outer.begin(), outer.end());
	Tree inner = condition({test(seen, 0), " AND ", test(from.columns, 0)});
	Tree correlated = condition({here, " = ", key});
	switch (random_.below(9)) {
	case 0:
		return condition({"EXISTS (SELECT FROM ", from.text, " WHERE ", correlated, " AND ", inner, ")"});
	case 1:
		return condition({"NOT EXISTS (SELECT FROM ", from.text, " WHERE ", correlated, " AND ", inner, ")"});
	case 2:
		return condition({key, " IN (SELECT ", here, " FROM ", from.text, " WHERE ", inner, ")"});
	case 3:
		return condition({key, " NOT IN (SELECT ", here, " FROM ", from.text, " WHERE ", here,
						  " IS NOT NULL AND ", inner, ")"});
	case 4:
		return condition({key, " < (SELECT max(", here, ") FROM ", from.text, " WHERE ", inner, ")"});
	case 5:
		return condition({key, " = ANY (ARRAY(SELECT ", here, " FROM ", from.text, " WHERE ", inner, "))"});
	case 6:
		return condition({key, " >= ALL (SELECT ", here, " FROM ", from.text, " WHERE ", here,
						  " IS NOT NULL AND ", inner, ")"});
	case 7:
		return condition(
			{"(SELECT count(*) FROM ", from.text, " WHERE ", correlated, " AND ", inner, ") > 0"});
	default:
		return condition({"(", key, ", 1) IN (SELECT ", here, ", 1 FROM ", from.text, " WHERE ", inner, ")"});
	}
}

Source Generator::table() {
	const std::string name = alias();
	if (!known_.empty() && random_.chance(40)) {
		const Relation &one = random_.of(known_);
		std::vector<Column> columns = columns_of(one, name);
		return {words({one.name, " AS ", name}), columns};
	}
	const std::string chosen = random_.chance(40)
								   ? random_.of({"things", "things", "events", "notes", "archive"})
								   : random_.of(relations()).name;
	const Relation &from = relation(chosen);
	return {words({from.name, " AS ", name}), columns_of(from, name)};
}

Source Generator::derived(int depth) {
	Source inner = random_.chance(30) ? joined(depth - 1) : source(depth - 1);
	const std::string name = alias();
	std::vector<Part> list;
	std::vector<Column> columns;
	std::string told;
	for (const Column &column : inner.columns) {
		if (!column.is_key && column.kind != "word" && random_.chance(30))
			continue;
		const std::string as = "c" + std::to_string(columns.size() + 1);
		list.push_back((columns.empty() ? "" : ", ") + column.reference + " AS " + as);
		columns.push_back({name + "." + as, column.kind, column.is_key, column.is_spied});
		if (column.kind == "word" && column.is_spied)
			told = column.reference;
	}
	const bool is_distinct = random_.chance(15);
	Tree spying = words({});
	if (!told.empty() && !is_distinct && random_.chance(30))
		spying = optional({", spy(", told, ") AS told"});
	const std::string end = random_.of({"", "", "", " OFFSET 0"});
	return {words({random_.chance(10) ? "LATERAL (SELECT " : "(SELECT ", is_distinct ? "DISTINCT " : "",
				   words(list), spying, " FROM ", inner.text, where(inner.columns, depth - 1),
				   optional({end}), ") ", name}),
			columns};
}

Source Generator::source(int depth) { return depth > 0 && random_.chance(25) ? derived(depth) : table(); }

Source Generator::joined(int depth) {
	if (random_.chance(25))
		return table();
	Source all = source(depth);
	for (int more = random_.of(std::vector<int>{0, 0, 1, 1, 1, 2}); more > 0; --more) {
		const int kind = random_.below(100);
		if (kind < 12)
			join_itself(&all);
		else if (kind < 25)
			join_lateral(&all, depth);
		else
			join(&all, depth);
	}
	return all;
}

void Generator::join(Source *left, int depth) {
	Source right = source(depth - 1);
	const std::string ours = random_.of(keys_of(left->columns)).reference;
	const std::string theirs = random_.of(keys_of(right.columns)).reference;
	const std::string kind =
		random_.of({" JOIN ", " JOIN ", " LEFT JOIN ", " LEFT JOIN ", " RIGHT JOIN ", " FULL JOIN "});
	std::vector<Column> both = left->columns;
	both.insert(both.end(), right.columns.begin(), right.columns.end());
	Tree more = words({});
	// FULL JOIN is only supported with conditions that can be merged or hashed.
	if (kind != " FULL JOIN " && random_.chance(50))
		more = optional({" AND ", test(both, random_.chance(10) ? 1 : 0)});
	*left = {words({left->text, optional({kind, right.text, " ON ", ours, " = ", theirs, more})}), both};
}

// PostgreSQL 18 plans such joins as one scan.
void Generator::join_itself(Source *left) {
	const std::string chosen =
		random_.of({"things", "things", "events", "children", "archive", "invoker_view"});
	const Relation &from = relation(chosen);
	const std::string first = alias();
	const std::string second = alias();
	std::vector<Column> both = columns_of(from, first);
	for (const Column &column : columns_of(from, second))
		both.push_back(column);
	const std::string ours = random_.of(keys_of(left->columns)).reference;
	Tree tenant =
		random_.chance(60) ? optional({" AND ", first, ".tenant_id = ", second, ".tenant_id"}) : words({});
	Tree more = random_.chance(70) ? optional({" AND ", test(both, 0)}) : words({});
	const std::string kind = random_.of({" JOIN ", " JOIN ", " LEFT JOIN "});
	Tree pair = words({" JOIN (", from.name, " ", first, kind, from.name, " ", second, " ON ", first,
					   ".id = ", second, ".id", tenant, more, ") ON ", first, ".id = ", ours});
	left->text = words({left->text, pair});
	left->columns.insert(left->columns.end(), both.begin(), both.end());
}

void Generator::join_lateral(Source *left, int depth) {
	Source right = source(depth - 1);
	const std::string name = alias();
	const std::string ours = random_.of(keys_of(left->columns)).reference;
	const std::string theirs = random_.of(keys_of(right.columns)).reference;
	std::vector<Column> both = left->columns;
	both.insert(both.end(), right.columns.begin(), right.columns.end());
	const bool is_left = random_.chance(50);
	const std::string end = random_.of({"", "", " ORDER BY 1 LIMIT 3", " OFFSET 0"});
	left->text = words(
		{left->text, optional({is_left ? " LEFT" : " CROSS", " JOIN LATERAL (SELECT ", theirs, " AS c FROM ",
							   right.text, " WHERE ", theirs, " = ", ours, optional({" AND ", test(both, 0)}),
							   end, ") ", name, is_left ? " ON true" : ""})});
	left->columns.push_back({name + ".c", "id", true, false});
}

} // namespace fuzz
