// What must be true when the clients are gone, and the table of all that was done.
#pragma once

#include <nlohmann/json.hpp>

#include "connection.hpp"
#include "memory.hpp"
#include "tally.hpp"

namespace load {

struct Run {
	int seconds;
	int clients;
	int tenants;
	std::string log; // of the server
	long shared_before;
};

std::vector<Check> final_checks(Connection &superuser, Memory &memory, const Tally &tally, const Run &run);
nlohmann::json figures(const Tally &tally, const std::vector<Check> &checks, const Memory &memory,
					   const Run &run);
void print(const nlohmann::json &figures);

} // namespace load
