// One column's session for one tenant: runs shapes in bursts and says what they cost.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "clock.hpp"
#include "columns.hpp"
#include "connection.hpp"
#include "shapes.hpp"

namespace bench {

enum class PlanMode { kAuto, kCustom, kGeneric };

const char *name_of(PlanMode mode);

// Of the rows of one execution, in whatever order; equal for equal answers.
struct Answer {
	std::uint64_t rows = 0;
	std::uint64_t checksum = 0;
	std::string affected;

	void add(const Result &result);
	bool operator==(const Answer &other) const {
		return rows == other.rows && checksum == other.checksum && affected == other.affected;
	}
};

class Session {
  public:
	Session(const Column &column, const Tenant &tenant, const Servers &servers);

	// Executions in one transaction; returns the CPU time of each.
	double burst(const Shape &shape, const Parameters &parameters, PlanMode mode, int executions);
	// What the first executions answer, and what a shape that writes has left in the tables.
	Answer answer(const Shape &shape, const Parameters &parameters, PlanMode mode, int executions,
				  const Shape &written);
	// The session goes over to another tenant; where that needs no setting, another one is set.
	void become(const Tenant &tenant, bool is_local = false);
	Answer execute(const Shape &shape, const Parameters &parameters, int execution);
	void plan_by(PlanMode mode);
	std::string plan(const Shape &shape, const Parameters &parameters, PlanMode mode);
	const Column &column() const { return column_; }
	Connection &connection() { return connection_; }
	const CpuClock &clock() const { return clock_; }

  private:
	struct Prepared {
		std::string name;
		std::vector<std::string> names;
	};
	const Prepared &prepared(const Shape &shape, const Parameters &parameters);
	Row values(const Prepared &prepared, const Parameters &parameters, int execution);
	void copy(const Shape &shape, const Parameters &parameters);

	const Column &column_;
	Tenant tenant_;
	Connection connection_;
	CpuClock clock_;
	PlanMode mode_ = PlanMode::kAuto;
	std::map<std::string, Prepared> prepared_;
};

} // namespace bench
