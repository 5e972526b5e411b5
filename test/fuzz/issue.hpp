// A trial as a file: what it takes to run it again, the seed, and both answers.
#pragma once

#include <string>

#include "trial.hpp"

namespace fuzz {

// Returns the name of the file, the first issue_NNN.sql in the folder that is not there yet.
std::string write_issue(const std::string &folder, const Trial &trial, const Verdict &verdict,
						const std::string &origin);
Trial read_issue(const std::string &file);
std::string described(const Trial &trial, const Verdict &verdict);

} // namespace fuzz
