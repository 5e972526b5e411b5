#include "world.hpp"

#include <array>
#include <cstdio>
#include <cstring>

namespace load {

constexpr std::size_t kIdLength = 36;
constexpr std::size_t kMarkStart = 8;

World::World(int tenants, int spare)
	: is_active(tenants + spare), is_served(tenants + spare), is_protected(kSideTables), count(tenants) {
	for (Watched &tenant : is_served)
		tenant.end_change(true);
	for (int tenant = 0; tenant < tenants; ++tenant)
		is_active[tenant].end_change(true);
	for (Watched &table : is_protected)
		table.end_change(true);
}

std::string tenant_id(int tenant) {
	std::array<char, kIdLength + 1> text{};
	(void)std::snprintf(text.data(), text.size(), "%08x%s%012x", static_cast<unsigned>(tenant), kMark,
						static_cast<unsigned>(tenant));
	return text.data();
}

std::string stranger_in(const std::string &text, const std::string &own, int *found) {
	for (std::size_t at = text.find(kMark); at != std::string::npos;
		 at = text.find(kMark, at + std::strlen(kMark))) {
		const std::string id = at < kMarkStart ? "?" : text.substr(at - kMarkStart, kIdLength);
		if (id != own)
			return id;
		++*found;
	}
	return "";
}

} // namespace load
