#include "measure.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iostream>
#include <limits>

#include <nlohmann/json.hpp>

#include "schema.hpp"
#include "statistics.hpp"

namespace bench {

namespace {

// Columns that are far from the first need fewer rounds to say so.
constexpr int kRoundsOfOthers = 4;
constexpr int kCompared = 3;
constexpr int kMaxExecutions = 400;

} // namespace

Measurement::Measurement(const Servers &servers, std::vector<Tenant> tenants, const Shapes &shapes)
	: servers_(servers), tenants_(std::move(tenants)), shapes_(shapes) {
	for (const Shape &shape : shapes_.measured) {
		for (std::size_t t = 0; t < tenants_.size(); t++) {
			parameters_[shape.name].push_back(
				parameters_of(shape, tenants_[t], session(columns().front(), t).connection()));
			if (shape.copy)
				settings_.push_back({&shape, t, PlanMode::kAuto, 1, {}, {}});
			else
				settings_.push_back({&shape, t, PlanMode::kGeneric, 1, {}, {}});
			// Without parameters, where the session says the tenant, PostgreSQL makes no custom plans.
			if (!shape.with.empty() && !shape.copy)
				settings_.push_back({&shape, t, PlanMode::kCustom, 1, {}, {}});
		}
	}
}

Session &Measurement::session(const Column &column, std::size_t tenant) {
	std::unique_ptr<Session> &found = sessions_[column.name + " " + std::to_string(tenant)];
	if (!found)
		found = std::make_unique<Session>(column, tenants_[tenant], servers_);
	return *found;
}

const Parameters &Measurement::parameters(const Setting &setting) const {
	return parameters_.at(setting.shape->name)[setting.tenant];
}

int Measurement::limit(const Setting &setting) const {
	if (setting.shape->copy)
		return 1;
	return setting.shape->once ? static_cast<int>(parameters(setting).rows.size()) : kMaxExecutions;
}

bool Measurement::applies(const Column &column, const Shape &shape) { return !shape.copy || column.can_copy; }

bool Measurement::agrees(Setting &setting) {
	const int executions = std::min(limit(setting), kCompared);
	bool agrees = true;
	Answer expected;
	for (const Column &column : columns()) {
		if (!applies(column, *setting.shape))
			continue;
		const Answer answer =
			session(column, setting.tenant)
				.answer(*setting.shape, parameters(setting), setting.mode, executions, shapes_.written);
		if (&column == &columns().front())
			expected = answer;
		if (answer == expected)
			continue;
		agrees = false;
		std::cerr << setting.shape->name << ", rank " << tenants_[setting.tenant].rank << ", "
				  << name_of(setting.mode) << ": " << column.name << " answers otherwise than "
				  << columns().front().name << " (" << answer.rows << " and " << expected.rows << " rows)\n";
	}
	if (expected.rows == 0 && !setting.shape->writes)
		std::cerr << setting.shape->name << ", rank " << tenants_[setting.tenant].rank << ": no rows\n";
	return agrees;
}

int Measurement::compare() {
	int different = 0;
	for (Setting &setting : settings_)
		different += agrees(setting) ? 0 : 1;
	return different;
}

void Measurement::explain(std::ostream &out) {
	for (Setting &setting : settings_) {
		if (setting.shape->copy)
			continue;
		for (const Column &column : columns()) {
			if (column.name == "hand" || column.name == "pg_tenant")
				out << "== " << setting.shape->name << ", rank " << tenants_[setting.tenant].rank << ", "
					<< name_of(setting.mode) << ", " << column.title << "\n"
					<< session(column, setting.tenant)
						   .plan(*setting.shape, parameters(setting), setting.mode);
		}
	}
}

void Measurement::calibrate(Setting &setting, double burst) {
	for (const Column &column : columns()) {
		if (!applies(column, *setting.shape))
			continue;
		Session &measured = session(column, setting.tenant);
		measured.burst(*setting.shape, parameters(setting), setting.mode, 1);
		setting.first[column.name] = measured.burst(*setting.shape, parameters(setting), setting.mode, 1);
	}
	const double once = std::max(setting.first.at(columns().front().name), 1.0);
	setting.executions = std::clamp(static_cast<int>(burst / once), 1, limit(setting));
}

void Measurement::measure(Setting &setting, int round, double burst) {
	std::vector<const Column *> order;
	for (const Column &column : columns()) {
		if (applies(column, *setting.shape) && (column.is_close || round % kRoundsOfOthers == 0))
			order.push_back(&column);
		setting.times[column.name].push_back(std::numeric_limits<double>::quiet_NaN());
	}
	std::shuffle(order.begin(), order.end(), random_);
	for (const Column *column : order) {
		int executions = setting.executions;
		// What takes a hundred times as long need not be done as often.
		if (!column->is_close)
			executions =
				std::clamp(static_cast<int>(4 * burst / setting.first.at(column->name)), 1, executions);
		setting.times[column->name].back() =
			session(*column, setting.tenant)
				.burst(*setting.shape, parameters(setting), setting.mode, executions);
	}
}

void Measurement::measure(const Effort &effort) {
	using Clock = std::chrono::steady_clock;
	const auto start = Clock::now();
	for (Setting &setting : settings_)
		calibrate(setting, effort.burst);
	clean(servers_, tenants_);
	std::vector<Setting *> order;
	for (Setting &setting : settings_)
		order.push_back(&setting);
	for (int round = 0; round < effort.rounds; round++) {
		std::shuffle(order.begin(), order.end(), random_);
		for (Setting *setting : order)
			measure(*setting, round, effort.burst);
		clean(servers_, tenants_);
		const auto spent = std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - start).count();
		std::cerr << "measuring: round " << round + 1 << " of " << effort.rounds << ", " << spent << " s\n";
	}
}

nlohmann::json Measurement::results() const {
	nlohmann::json all = nlohmann::json::array();
	const std::string &base = columns().front().name;
	for (const Setting &setting : settings_) {
		nlohmann::json one = {{"shape", setting.shape->name},
							  {"tenant", tenants_[setting.tenant].rank},
							  {"mode", setting.shape->copy ? "copy" : name_of(setting.mode)},
							  {"mixed", setting.shape->mixed},
							  {"executions", setting.executions}};
		for (const Column &column : columns()) {
			if (!applies(column, *setting.shape))
				continue;
			const std::vector<double> &times = setting.times.at(column.name);
			one["microseconds"][column.name] = median(times);
			one["ratio"][column.name] = median(quotients(times, setting.times.at(base)));
		}
		all.push_back(std::move(one));
	}
	return all;
}

} // namespace bench
