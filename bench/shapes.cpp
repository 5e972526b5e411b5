#include "shapes.hpp"

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace bench {

namespace {

Shape headed(const std::string &line) {
	std::istringstream words(line);
	Shape shape;
	std::string word;
	words >> word >> shape.name;
	while (words >> word) {
		if (word == "writes")
			shape.writes = true;
		else if (word == "once")
			shape.once = true;
		else if (word == "copy")
			shape.copy = true;
		else if (word == "mixed")
			shape.mixed = true;
		else if (word == "skew")
			shape.skew = true;
		else
			throw std::runtime_error("shape " + shape.name + " has an unknown flag: " + word);
	}
	return shape;
}

std::vector<Shape> parsed(std::istream &text) {
	static const std::string kWith = "-- with: ";
	std::vector<Shape> shapes;
	for (std::string line; std::getline(text, line);) {
		if (line.rfind("--- ", 0) == 0)
			shapes.push_back(headed(line));
		else if (shapes.empty() || line.empty())
			continue;
		else if (line.rfind(kWith, 0) == 0)
			shapes.back().with = line.substr(kWith.size());
		else
			shapes.back().statement += line + "\n";
	}
	for (Shape &shape : shapes) {
		const std::size_t end = shape.statement.rfind(';');
		if (end == std::string::npos)
			throw std::runtime_error("shape " + shape.name + " has no statement that ends with a semicolon");
		shape.statement.erase(end);
	}
	return shapes;
}

} // namespace

Shapes read_shapes(const std::string &file) {
	std::ifstream text(file);
	if (!text)
		throw std::runtime_error("cannot read " + file);
	Shapes shapes;
	for (Shape &shape : parsed(text)) {
		if (shape.name == "written")
			shapes.written = std::move(shape);
		else
			shapes.measured.push_back(std::move(shape));
	}
	return shapes;
}

Parameters parameters_of(const Shape &shape, const Tenant &tenant, Connection &hand) {
	Parameters parameters;
	if (shape.with.empty()) {
		parameters.rows.emplace_back();
		return parameters;
	}
	const Result result = hand.run(with_tenant(expand(shape.with, columns().front()), tenant));
	for (int c = 0; c < result.columns(); c++) {
		parameters.names.push_back(result.name(c));
		parameters.types.push_back(result.type(c));
	}
	for (int r = 0; r < result.rows(); r++) {
		Row row;
		for (int c = 0; c < result.columns(); c++)
			row.push_back(result.value(r, c));
		parameters.rows.push_back(std::move(row));
	}
	if (parameters.rows.empty())
		throw std::runtime_error("shape " + shape.name + " has no parameters for the tenant of rank " +
								 std::to_string(tenant.rank));
	return parameters;
}

} // namespace bench
