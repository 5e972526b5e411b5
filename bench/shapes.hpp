// The shapes of shapes.sql, whose head says what they are made of.
#pragma once

#include <string>
#include <vector>

#include "columns.hpp"
#include "connection.hpp"

namespace bench {

struct Shape {
	std::string name;
	std::string with;
	std::string statement;
	bool writes = false;
	bool once = false;
	bool copy = false;
	bool mixed = false;
	bool skew = false;
};

// What `with` gave for a tenant: a row for each execution, in turn.
struct Parameters {
	std::vector<std::string> names;
	std::vector<Oid> types;
	std::vector<Row> rows;
};

struct Shapes {
	std::vector<Shape> measured;
	Shape written; // what compares the tables after a shape that writes
};

Shapes read_shapes(const std::string &file);
Parameters parameters_of(const Shape &shape, const Tenant &tenant, Connection &hand);

} // namespace bench
