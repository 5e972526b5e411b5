#include "core/json_members.hpp"

namespace pg_tenant::core {

std::size_t count_members(std::string_view json) noexcept {
	std::size_t members = 0;
	std::size_t depth = 0;
	bool in_string = false;
	for (std::size_t i = 0; i < json.size(); i++) {
		const char c = json[i];
		if (in_string) {
			if (c == '\\')
				i++;
			else if (c == '"')
				in_string = false;
		} else if (c == '"') {
			in_string = true;
		} else if (c == '{' || c == '[') {
			depth++;
		} else if (c == '}' || c == ']') {
			depth--;
		} else if (c == ':' && depth == 1) {
			members++;
		}
	}
	return members;
}

} // namespace pg_tenant::core
