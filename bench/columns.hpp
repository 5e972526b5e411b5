// The columns of the benchmark: ways to keep tenants apart, each with the server, database and role that it
// is measured in, and how it writes what the shapes leave open.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bench {

enum class Filter { kByHand, kBySession };

struct Column {
	std::string name;
	std::string title;
	std::string database;
	std::string role;
	bool has_extension; // on the server that preloads pg_tenant
	Filter filter;
	bool has_tenant_column; // not where each tenant has a schema
	bool is_close;          // to the first one: measured in every round
	bool can_copy;
};

const std::vector<Column> &columns();

struct Tenant {
	int rank;
	std::string id;
	double items = 0;
};

struct Servers {
	std::string plain; // folder of the socket
	std::string extended;
};

std::string parameters_of(const Column &column, const Servers &servers);
// What a session of that tenant begins with.
std::string setup_of(const Column &column, const Tenant &tenant);
// Where the tables of the tenant are.
std::string schema_of(const Column &column, const Tenant &tenant);

// The shape's text as the column has it; parameters are still named.
std::string expand(std::string_view shape, const Column &column);
// Named parameters become $1 and so on; their names are appended in that order.
std::string numbered(std::string_view text, std::vector<std::string> *names);
std::string with_tenant(std::string_view text, const Tenant &tenant);
// Puts values in the place of {names}.
std::string filled(std::string text, const std::vector<std::pair<std::string, std::string>> &values);

} // namespace bench
