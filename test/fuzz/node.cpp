#include "node.hpp"

namespace fuzz {

std::string Node::text() const {
	if (is_dropped)
		return is_condition ? "true" : "";
	std::string result;
	for (std::size_t i = 0; i < parts.size(); ++i) {
		if (kept >= 0 && static_cast<std::size_t>(kept) != i)
			continue;
		result += parts[i].tree ? parts[i].tree->text() : parts[i].text;
	}
	return result;
}

Tree words(std::vector<Part> parts) {
	auto node = std::make_shared<Node>();
	node->parts = std::move(parts);
	return node;
}

Tree condition(std::vector<Part> parts) {
	Tree node = words(std::move(parts));
	node->is_condition = true;
	return node;
}

Tree optional(std::vector<Part> parts) {
	Tree node = words(std::move(parts));
	node->is_optional = true;
	return node;
}

static void collect(Node *node, std::vector<Node *> *found) {
	if (node->is_condition || node->is_optional)
		found->push_back(node);
	for (const Part &part : node->parts)
		if (part.tree)
			collect(part.tree.get(), found);
}

std::vector<Node *> reducible(const Tree &tree) {
	std::vector<Node *> found;
	collect(tree.get(), &found);
	return found;
}

static std::string quoted(const std::string &text) {
	std::string result = "'";
	for (char c : text)
		result += c == '\'' ? "''" : std::string(1, c);
	return result + "'";
}

// Calls replace(type, text, is_constant) for each value.
template <typename Replace> static std::string replaced(const std::string &text, Replace replace) {
	std::string result;
	std::size_t place = 0;
	for (;;) {
		const std::size_t begin = text.find('`', place);
		if (begin == std::string::npos)
			return result + text.substr(place);
		const std::size_t end = text.find('`', begin + 1);
		const bool is_constant = text[begin + 1] == '!';
		const std::size_t colon = text.find(':', begin);
		const std::size_t first = begin + (is_constant ? 2 : 1);
		result +=
			text.substr(place, begin - place) +
			replace(text.substr(first, colon - first), text.substr(colon + 1, end - colon - 1), is_constant);
		place = end + 1;
	}
}

std::string with_literals(const std::string &text) {
	return replaced(text, [](const std::string &type, const std::string &value, bool) {
		return quoted(value) + "::" + type;
	});
}

std::string with_parameters(const std::string &text, std::vector<std::string> *values,
							std::vector<std::string> *types) {
	return replaced(text, [&](const std::string &type, const std::string &value, bool is_constant) {
		if (is_constant)
			return quoted(value) + "::" + type;
		values->push_back(value);
		types->push_back(type);
		return "$" + std::to_string(values->size()) + "::" + type;
	});
}

} // namespace fuzz
