// What a statement can read, and what its columns can be asked.
#pragma once

#include <string>
#include <vector>

#include "node.hpp"
#include "random.hpp"

namespace fuzz {

struct Column {
	std::string reference;
	std::string kind; // decides what it is asked
	bool is_key = false;
	bool is_spied = true; // its values are those of a row, or of a neighbour's
};

struct Relation {
	std::string name;
	std::vector<std::string> columns; // each is its own kind
	bool is_protected;                // not computed of several rows, nor the same for all tenants
};

const std::vector<Relation> &relations();
const Relation &relation(const std::string &name);
std::vector<Column> columns_of(const Relation &from, const std::string &alias);

// A condition on one column: one that no row fails, or one that only rows of the statement's tenant do not
// fail.
Tree comparison(Random &random, const Column &column);
bool is_number(const Column &column);
bool is_text(const Column &column);

} // namespace fuzz
