// Random statements that have one right answer, whatever the order in which rows come.
#pragma once

#include <string>
#include <vector>

#include "node.hpp"
#include "random.hpp"
#include "relations.hpp"

namespace fuzz {

struct Source {
	Tree text;
	std::vector<Column> columns;
};

struct Statement {
	Tree text;
	bool writes = false;
	bool is_ordered = false; // by everything that it returns
};

class Generator {
  public:
	explicit Generator(Random &random) : random_(random) {}
	Statement statement();

  private:
	// What rows must be.
	Tree test(const std::vector<Column> &columns, int depth);
	Tree where(const std::vector<Column> &columns, int depth);
	Tree sub_link(const std::vector<Column> &outer, int depth);

	// Where rows come from.
	Source table();
	Source derived(int depth);
	Source source(int depth);
	Source joined(int depth);
	void join(Source *left, int depth);
	void join_itself(Source *left);
	void join_lateral(Source *left, int depth);

	// Statements that read.
	Statement select();
	std::vector<Column> chosen(const std::vector<Column> &columns);
	Tree list(const std::vector<Column> &columns, const std::vector<Column> &all);
	Statement grouped(const Source &from, Tree where);
	Statement distinct(const Source &from, Tree where);
	Statement ranked(const Source &from, Tree where);
	Statement set_operation();
	Statement common_table(const Source &from, Tree where);
	Statement recursive();
	Statement failing(const Source &from, Tree where);
	Statement aggregated(const Source &from, Tree where);

	// Statements that write.
	Statement change();
	Statement insert();
	Statement update();
	Statement remove();
	Statement merge();
	Statement change_within();
	Tree keys(int depth);
	std::vector<Column> target(const std::string &table);
	Tree returning(const std::string &table, const std::vector<Column> &columns);

	std::string alias() { return "r" + std::to_string(++aliases_); }

	Random &random_;
	int aliases_ = 0;
	std::vector<Relation> known_; // what WITH has defined
};

std::vector<Column> keys_of(const std::vector<Column> &columns);

} // namespace fuzz
