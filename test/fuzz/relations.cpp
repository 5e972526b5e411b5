#include "relations.hpp"

#include <algorithm>
#include <cstdlib>

namespace fuzz {

using Names = std::vector<std::string>;

static const Names &all_columns() {
	static const Names names = {"tenant_id", "id",     "parent", "amount", "big",  "n",    "word",
								"ci",        "digits", "doc",    "colour", "data", "tags", "nums",
								"span",      "words",  "net",    "h",      "path", "at",   "day"};
	return names;
}

const std::vector<Relation> &relations() {
	static const Names events = {"tenant_id", "id",     "parent", "amount", "n",
								 "word",      "digits", "colour", "net",    "deleted_at"};
	static const Names notes = {"tenant_id", "id",   "parent", "amount",    "word",
								"doc",       "tags", "data",   "deleted_at"};
	static const Names few = {"id", "parent", "amount", "word"};
	static const std::vector<Relation> all = {
		{"things", all_columns(), true},
		{"events", events, true},
		{"events_2", events, true},
		{"notes", notes, true},
		{"more_notes", notes, true},
		{"children", {"tenant_id", "id", "parent", "amount", "word", "deleted_at"}, true},
		{"archive", {"tenant_id", "id", "parent", "amount", "word", "digits", "n"}, true},
		{"plain_view", {"id", "parent", "amount", "n", "word", "colour", "digits"}, true},
		{"invoker_view", all_columns(), true},
		{"barrier_view", all_columns(), true},
		{"super_view", all_columns(), true},
		{"bypass_view", events, true},
		{"joined_view", {"id", "parent", "amount", "n", "word", "colour"}, true},
		{"union_view", few, true},
		{"ranked_view", few, true},
		{"inlined(`int:9`)", few, true},
		{"definer(3)", few, true},
		{"grouped_view", few, false},
		{"plain", few, false},
	};
	return all;
}

const Relation &relation(const std::string &name) {
	return *std::find_if(relations().begin(), relations().end(),
						 [&](const Relation &one) { return one.name == name; });
}

std::vector<Column> columns_of(const Relation &from, const std::string &alias) {
	std::vector<Column> columns;
	for (const std::string &name : from.columns)
		columns.push_back({alias + "." + name, name, name == "id" || name == "parent", from.is_protected});
	return columns;
}

bool is_number(const Column &column) {
	return column.kind == "id" || column.kind == "parent" || column.kind == "amount";
}

bool is_text(const Column &column) {
	return column.kind == "word" || column.kind == "digits" || column.kind == "doc";
}

namespace {

// $c is the column, $i a small number.
struct Questions {
	const char *kind;
	std::vector<const char *> harmless;
	std::vector<const char *> failing;
};

const std::vector<Questions> &questions() {
	static const std::vector<Questions> all = {
#include "questions.inc"
	};
	return all;
}

std::string filled(std::string text, const std::string &mark, const std::string &value) {
	for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + value.size()))
		text.replace(at, mark.size(), value);
	return text;
}

} // namespace

Tree comparison(Random &random, const Column &column) {
	const auto found = std::find_if(questions().begin(), questions().end(),
									[&](const Questions &one) { return column.kind == one.kind; });
	if (found == questions().end())
		abort();
	const bool fails = column.is_spied && !found->failing.empty() && random.chance(30);
	std::string text = random.of(fails ? found->failing : found->harmless);
	text = filled(text, "$i", random.number(30));
	text = filled(text, "$own", std::getenv("FUZZ_TENANT"));
	text = filled(text, "$other", std::getenv("FUZZ_NEIGHBOUR"));
	return condition({filled(text, "$c", column.reference)});
}

} // namespace fuzz
