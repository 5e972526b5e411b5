// Makes the tables that the benchmark asks: once by hand, then, from copies of them, as each column has them.
#pragma once

#include <string>
#include <vector>

#include "columns.hpp"
#include "connection.hpp"

namespace bench {

struct Size {
	long items;
	int tenants;
	int middle; // rank of the middling tenant
};

// The tenants that are measured: the biggest and a middling one.
std::vector<Tenant> measured_tenants(Connection &shop, const Size &size);

// Database `shop`, on a server that is then copied, so that rows, their places and statistics are the same
// for all.
void load(const std::string &server, const Size &size, const std::string &folder);

// What the columns need besides, on the servers that are copies of that one.
void make_columns(const Servers &servers, const Size &size, const std::string &folder);

// Reads all tables and indexes into shared buffers; returns their megabytes.
double warm(const std::string &server, const std::string &database);

// Dead rows that the shapes that write have left.
void clean(const Servers &servers, const std::vector<Tenant> &tenants);

} // namespace bench
