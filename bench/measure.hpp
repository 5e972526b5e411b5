// The main table: each shape for each tenant by each kind of plan, in every column.
#pragma once

#include <map>
#include <memory>
#include <ostream>
#include <random>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "session.hpp"
#include "shapes.hpp"

namespace bench {

struct Effort {
	int rounds;
	double burst; // microseconds
};

class Measurement {
  public:
	Measurement(const Servers &servers, std::vector<Tenant> tenants, const Shapes &shapes);

	// Compares all answers; returns the number of settings in which they differ, each told on stderr.
	int compare();
	// The plans by hand and of pg_tenant.
	void explain(std::ostream &out);
	void measure(const Effort &effort);
	// An object for each setting.
	nlohmann::json results() const;
	std::size_t settings() const { return settings_.size(); }

  private:
	struct Setting {
		const Shape *shape;
		std::size_t tenant;
		PlanMode mode;
		int executions = 1;
		std::map<std::string, double> first;              // what an execution took at first
		std::map<std::string, std::vector<double>> times; // one for each round, or NaN
	};
	Session &session(const Column &column, std::size_t tenant);
	const Parameters &parameters(const Setting &setting) const;
	int limit(const Setting &setting) const;
	bool agrees(Setting &setting);
	void calibrate(Setting &setting, double burst);
	void measure(Setting &setting, int round, double burst);
	static bool applies(const Column &column, const Shape &shape);

	Servers servers_;
	std::vector<Tenant> tenants_;
	const Shapes &shapes_;
	std::map<std::string, std::unique_ptr<Session>> sessions_;
	std::map<std::string, std::vector<Parameters>> parameters_;
	std::vector<Setting> settings_;
	std::mt19937 random_{20260101};
};

} // namespace bench
