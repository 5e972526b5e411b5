// A statement as a tree, so that what does not matter can be left out of it.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace fuzz {

struct Node;
using Tree = std::shared_ptr<Node>;

struct Part {
	Part(const char *words) : text(words) {}
	Part(std::string words) : text(std::move(words)) {}
	Part(Tree part) : tree(std::move(part)) {}
	std::string text;
	Tree tree;
};

struct Node {
	std::vector<Part> parts;
	bool is_condition = false; // may become true, or one of the conditions in it
	bool is_optional = false;  // may become nothing
	bool is_dropped = false;
	int kept = -1; // the only part that is left

	std::string text() const;
};

Tree words(std::vector<Part> parts);
Tree condition(std::vector<Part> parts);
Tree optional(std::vector<Part> parts);

// All nodes that can be made simpler, outermost first.
std::vector<Node *> reducible(const Tree &tree);

// Values in a statement's text are `type:text`; `!type:text` is never sent as a parameter.
std::string with_literals(const std::string &text);
std::string with_parameters(const std::string &text, std::vector<std::string> *values,
							std::vector<std::string> *types);

} // namespace fuzz
