// One statement, how it is sent, and what the databases say to it.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "session.hpp"

namespace fuzz {

struct Trial {
	std::string role = "app";
	std::string way = "simple";
	std::string settings;    // commands
	bool is_warm = false;    // a neighbour executes it first
	bool is_ordered = false; // the order of rows is compared too
	bool writes = false;
	std::string deleted = "off"; // which rows are seen: app.include_deleted
	std::string text;            // with values as in node.hpp
};

struct Verdict {
	std::map<std::string, Answer> answers; // by database
	std::string difference;                // nothing if they agree
	int compared = 0;
	bool is_late = false; // somebody took too long: nothing is compared
};

class Databases {
  public:
	Databases();
	Verdict judge(const Trial &trial);
	// Ends all sessions; what is wrong then with what the server counts of tenants.
	std::vector<std::string> miscounted();

  private:
	Session &session(const std::string &database, const std::string &role);
	void compare(const Trial &trial, Verdict *verdict);

	std::map<std::string, std::unique_ptr<Session>> sessions_;
	std::string tenant_;
	std::string neighbour_;
};

// What is only in rows of neighbours and in what is made of them.
std::string canary_in(const Answer &answer);

} // namespace fuzz
