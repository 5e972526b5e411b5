#include "columns.hpp"

#include <algorithm>
#include <cctype>
#include <stdexcept>

#include "connection.hpp"

namespace bench {

const std::vector<Column> &columns() {
	static const std::vector<Column> all = {
		{"hand", "by hand", "shop", "app", false, Filter::kByHand, true, true, true},
		{"again", "by hand again", "shop", "app", false, Filter::kByHand, true, true, true},
		{"pg_tenant", "pg_tenant", "shop", "app", true, Filter::kBySession, true, true, true},
		{"rls_setting", "RLS, setting", "policies", "by_setting", false, Filter::kBySession, true, false,
		 false},
		{"rls_select", "RLS, (SELECT setting)", "policies", "by_select", false, Filter::kBySession, true,
		 false, false},
		{"rls_function", "RLS, function", "policies", "by_function", false, Filter::kBySession, true, false,
		 false},
		{"partitions", "partition per tenant", "apart", "app", false, Filter::kByHand, true, false, true},
		{"schemas", "schema per tenant", "apart", "app", false, Filter::kBySession, false, false, true},
	};
	return all;
}

std::string parameters_of(const Column &column, const Servers &servers) {
	return "host=" + (column.has_extension ? servers.extended : servers.plain) +
		   " dbname=" + column.database + " user=" + column.role;
}

std::string schema_of(const Column &column, const Tenant &tenant) {
	if (!column.has_tenant_column)
		return "tenant_" + std::to_string(tenant.rank);
	return column.name == "partitions" ? "partitions" : "shop";
}

std::string setup_of(const Column &column, const Tenant &tenant) {
	std::string sql = "SET search_path = " + schema_of(column, tenant) + ", public";
	if (column.filter == Filter::kBySession && column.has_tenant_column)
		sql += "; SET app.tenant_id = " + literal(tenant.id);
	return sql;
}

std::string filled(std::string text, const std::vector<std::pair<std::string, std::string>> &values) {
	for (const auto &[name, value] : values) {
		const std::string place = "{" + name + "}";
		for (std::size_t at = text.find(place); at != std::string::npos;
			 at = text.find(place, at + value.size()))
			text.replace(at, place.size(), value);
	}
	return text;
}

std::string expand(std::string_view shape, const Column &column) {
	const bool by_hand = column.filter == Filter::kByHand;
	// Schemas of their own leave out what the others fill in by a default.
	const bool has_column = column.has_tenant_column;
	std::string result = filled(std::string(shape), {{"column", has_column ? "tenant_id," : ""},
													 {"value", has_column ? "$tenant," : ""},
													 {"own column", by_hand ? "tenant_id," : ""},
													 {"own value", by_hand ? "$tenant," : ""}});
	// What is left in braces is the alias of a table.
	for (std::size_t start = result.find('{'); start != std::string::npos; start = result.find('{', start)) {
		const std::size_t end = result.find('}', start);
		// A literal of jsonb has braces too.
		if (end == std::string::npos || !std::islower(static_cast<unsigned char>(result[start + 1]))) {
			start++;
			continue;
		}
		const std::string alias = result.substr(start + 1, end - start - 1);
		result.replace(start, end - start + 1, by_hand ? alias + ".tenant_id = $tenant AND" : "");
	}
	return result;
}

std::string numbered(std::string_view text, std::vector<std::string> *names) {
	std::string result;
	for (std::size_t at = 0; at < text.size();) {
		std::size_t end = at + 1;
		if (text[at] == '$')
			while (end < text.size() &&
				   (std::islower(static_cast<unsigned char>(text[end])) || text[end] == '_'))
				end++;
		if (text[at] != '$' || end == at + 1) {
			result += text[at++];
			continue;
		}
		const std::string name(text.substr(at + 1, end - at - 1));
		auto found = std::find(names->begin(), names->end(), name);
		if (found == names->end())
			found = names->insert(found, name);
		result += "$" + std::to_string(found - names->begin() + 1);
		at = end;
	}
	return result;
}

std::string with_tenant(std::string_view text, const Tenant &tenant) {
	std::string result(text);
	constexpr std::string_view kName = "$tenant";
	const std::string id = literal(tenant.id);
	for (std::size_t at = result.find(kName); at != std::string::npos;
		 at = result.find(kName, at + id.size()))
		result.replace(at, kName.size(), id);
	return result;
}

} // namespace bench
