// Members of a JSON object: as many as a full parser meets, repeated ones too.
#include "core/json_members.hpp"
#include "require.hpp"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace core = pg_tenant::core;
using nlohmann::json;

namespace {

// Nothing if it is no JSON. The parser takes a NUL for the end; the server's texts have none.
std::optional<std::size_t> expected_members(std::string_view text) {
	if (text.find('\0') != std::string_view::npos)
		return std::nullopt;
	std::size_t members = 0;
	const auto count = [&members](int depth, json::parse_event_t event, json &) {
		if (event == json::parse_event_t::key && depth == 1)
			members++;
		return true;
	};
	return json::parse(text, count, false).is_discarded() ? std::nullopt : std::optional(members);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
	const std::vector<char> bytes(data, data + size);
	const std::string_view text = view_of(bytes);
	// What is no JSON must still do no harm.
	const std::size_t members = core::count_members(text);
	const auto expected = expected_members(text);
	if (!expected)
		return 0;
	require(members == *expected, "a full parser counts the same");
	const std::string value(text);
	require(core::count_members("[" + value + "]") == 0, "an array has no members");
	require(core::count_members("{\"\\\"\":" + value + ",\"\\\"\" : " + value + "}") == 2,
			"members of a member do not count, repeated ones do");
	return 0;
}
