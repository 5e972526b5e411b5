#include "page.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "figures.hpp"
#include "statistics.hpp"

namespace bench {

namespace {

using nlohmann::json;

// What a ratio may be, and what the column that is the first one again does not exceed in 19 settings of 20.
constexpr double kLimit = 1.05;

bool any(const json & /*setting*/) { return true; }

std::string fixed(double value, int digits) {
	std::array<char, 32> text{};
	std::snprintf(text.data(), text.size(), "%.*f", digits, value);
	return text.data();
}

// As many digits as say something.
std::string rounded(double value) {
	if (std::isnan(value))
		return "–";
	return fixed(value, value < 10 ? 2 : value < 100 ? 1 : 0);
}

std::string mean_of(const std::vector<double> &values) {
	return values.empty() ? "–" : rounded(geometric_mean(values));
}

void write_row(std::ostream &out, const std::vector<std::string> &cells) {
	for (const std::string &cell : cells)
		out << "| " << cell << " ";
	out << "|\n";
}

void write_head(std::ostream &out, const std::vector<std::string> &cells) {
	write_row(out, cells);
	for (std::size_t i = 0; i < cells.size(); i++)
		out << (i == 0 ? "|---" : "|---:");
	out << "|\n";
}

std::vector<std::string> titles(const json &figures, std::vector<std::string> first) {
	for (const json &column : figures.at("columns"))
		if (column.at("name") != "hand")
			first.push_back(column.at("title"));
	return first;
}

double noise_of(const json &figures) { return std::max(1.0, quantile(ratios(figures, "again", any), 0.95)); }

void write_machine(std::ostream &out, const json &figures) {
	const json &machine = figures.at("machine");
	const json &tenants = figures.at("measured_tenants");
	out << "Measured on " << machine.at("date").get<std::string>() << ": PostgreSQL "
		<< machine.at("postgresql").get<std::string>() << ", " << machine.at("system").get<std::string>()
		<< ", " << machine.at("processors") << " cores (" << machine.at("processor").get<std::string>()
		<< ") in use by others too, " << rounded(machine.at("gigabytes")) << " GB of memory.\n"
		<< figures.at("items") << " items of " << figures.at("tenants") << " tenants; the big one has "
		<< fixed(tenants.at(0).at("items"), 0) << " of them, the middling one (rank "
		<< tenants.at(1).at("rank") << ") " << fixed(tenants.at(1).at("items"), 0) << ". "
		<< figures.at("rounds") << " rounds, " << figures.at("settings").size() << " settings.\n\n";
}

void write_summary(std::ostream &out, const json &figures) {
	const auto by = [](const std::string &mode) {
		return [mode](const json &setting) { return !setting.at("mixed") && setting.at("mode") == mode; };
	};
	const auto trusted = [](const json &setting) { return !setting.at("mixed"); };
	const auto mixed = [](const json &setting) { return setting.at("mixed").get<bool>(); };
	write_head(out, {"CPU time, by hand being 1", "all settings", "custom plans", "generic plans",
					 "mixed queries", "within 0.95 to 1.05", "over 1.05"});
	for (const json &column : figures.at("columns")) {
		const std::string name = column.at("name");
		if (name == "hand")
			continue;
		const std::vector<double> all = ratios(figures, name, trusted);
		const auto within =
			std::count_if(all.begin(), all.end(), [](double r) { return r >= 0.95 && r <= kLimit; });
		const auto over = std::count_if(all.begin(), all.end(), [](double r) { return r > kLimit; });
		write_row(out, {column.at("title"), fixed(geometric_mean(all), 3),
						fixed(geometric_mean(ratios(figures, name, by("custom"))), 3),
						fixed(geometric_mean(ratios(figures, name, by("generic"))), 3),
						mean_of(ratios(figures, name, mixed)),
						std::to_string(within) + " of " + std::to_string(all.size()), std::to_string(over)});
	}
	out << "\n";
}

void write_outliers(std::ostream &out, const json &figures) {
	const double limit = kLimit * noise_of(figures);
	std::ostringstream list;
	for (const json &setting : figures.at("settings")) {
		const double ratio = setting.at("ratio").at("pg_tenant");
		const double bound = setting.at("mixed") ? 1.10 * noise_of(figures) : limit;
		if (ratio > bound)
			list << "- " << setting.at("shape").get<std::string>() << ", rank " << setting.at("tenant")
				 << ", " << setting.at("mode").get<std::string>() << ": " << rounded(ratio)
				 << " (by hand again " << rounded(setting.at("ratio").at("again")) << ")\n";
	}
	out << "Noise: by hand again is at most " << fixed(noise_of(figures), 3)
		<< " in 19 settings of 20. Settings in which pg_tenant is over " << fixed(limit, 2)
		<< " (mixed queries: " << fixed(1.10 * noise_of(figures), 2) << "), which is more than noise:\n\n"
		<< (list.str().empty() ? "- none\n" : list.str()) << "\n";
}

void write_main_table(std::ostream &out, const json &figures) {
	write_head(out, titles(figures, {"query", "by hand, µs, big / middling"}));
	for (const std::string &shape : shapes_of(figures)) {
		std::vector<std::string> cells = {shape, ""};
		for (const json &setting : figures.at("settings")) {
			if (setting.at("shape") != shape || setting.at("mode") == "custom")
				continue;
			cells[1] += (cells[1].empty() ? "" : " / ") + fixed(setting.at("microseconds").at("hand"), 0);
		}
		for (const json &column : figures.at("columns"))
			if (column.at("name") != "hand")
				cells.push_back(mean_of(ratios(figures, column.at("name"), of_shape(shape))));
		write_row(out, cells);
	}
	out << "\n";
}

std::string title_of(const json &figures, const std::string &name) {
	for (const json &column : figures.at("columns"))
		if (column.at("name") == name)
			return column.at("title");
	return "by hand, " + name + " plans";
}

void write_ways(std::ostream &out, const json &figures, const std::string &head, const json &summary) {
	write_head(out, {head, "µs", "by hand being 1"});
	for (const auto &[name, one] : summary.items())
		write_row(out, {title_of(figures, name), rounded(one.at("microseconds")), rounded(one.at("ratio"))});
	out << "\n";
}

void write_sizes(std::ostream &out, const json &sizes) {
	const std::vector<std::string> ways = {"again", "custom", "generic", "pg_tenant"};
	write_head(out, {"query", "by hand, µs", "again", "custom plans", "generic plans", "pg_tenant",
					 "pg_tenant to the better"});
	std::map<std::string, std::vector<double>> all;
	std::vector<double> to_better;
	for (const auto &[shape, one] : sizes.items()) {
		std::vector<std::string> cells = {shape, rounded(one.at("hand").at("microseconds"))};
		for (const std::string &way : ways) {
			all[way].push_back(one.at(way).at("ratio"));
			cells.push_back(rounded(all[way].back()));
		}
		to_better.push_back(one.at("pg_tenant").at("microseconds").get<double>() /
							std::min(one.at("custom").at("microseconds").get<double>(),
									 one.at("generic").at("microseconds").get<double>()));
		cells.push_back(rounded(to_better.back()));
		write_row(out, cells);
	}
	std::vector<std::string> cells = {"geometric mean", ""};
	for (const std::string &way : ways)
		cells.push_back(rounded(geometric_mean(all[way])));
	cells.push_back(rounded(geometric_mean(to_better)));
	write_row(out, cells);
	out << "\n";
}

void write_neighbours(std::ostream &out, const json &neighbours) {
	write_head(out, {"plans", "1, 8, 32 tables, µs", "more with pg_tenant preloaded, µs", "for each table",
					 "noise of that"});
	for (const auto &[mode, one] : neighbours.items()) {
		std::string times;
		std::string extra;
		for (std::size_t i = 0; i < one.at("tables").size(); i++) {
			times += (i == 0 ? "" : ", ") + rounded(one.at("microseconds")[i]);
			extra += (i == 0 ? "" : ", ") + rounded(one.at("extra")[i]);
		}
		write_row(out, {mode, times, extra, fixed(one.at("extra_per_table"), 3),
						fixed(one.at("noise_per_table"), 3)});
	}
	out << "\n";
}

void write_registry(std::ostream &out, const json &registry) {
	out << registry.at("registered") << " tenants are registered; one backend runs a statement for each of "
		<< registry.at("active") << " of them in turn, again and again.\n\n";
	write_head(out, {"tenants that the session's cache holds", "a switch at first, µs", "a switch later, µs",
					 "the rest, µs", "memory before and after, MB"});
	for (const json &session : registry.at("sessions"))
		write_row(out,
				  {fixed(session.at("cached"), 0), rounded(session.at("cold")), rounded(session.at("warm")),
				   rounded(session.at("fixed")),
				   rounded(session.at("megabytes_before")) + ", " + rounded(session.at("megabytes_after"))});
	out << "\n";
}

void write_deletion(std::ostream &out, const json &deletion) {
	write_head(out, {"statement", "plans", "by hand, µs", "by hand again", "soft deletion"});
	for (const auto &[statement, modes] : deletion.items())
		for (const auto &[mode, one] : modes.items())
			write_row(out, {statement, mode, rounded(one.at("microseconds")), rounded(one.at("again")),
							rounded(one.at("soft"))});
	out << "\n";
}

void write_scenarios(std::ostream &out, const json &figures) {
	const json &scenarios = figures.at("scenarios");
	out << "### Planning a point query on 64 hash partitions\n\n";
	write_ways(out, figures, "prepared, custom plan", scenarios.at("partitions").at("prepared"));
	write_ways(out, figures, "as a literal statement", scenarios.at("partitions").at("once"));
	out << "### A pooled session that switches its tenant in every transaction\n\n"
		   "BEGIN, SET LOCAL, three prepared statements, COMMIT; by hand sets another setting. CPU time of a "
		   "transaction.\n\n";
	write_ways(out, figures, "way", scenarios.at("pooled"));
	out << "### Prepared statements over tenants of very different size\n\n"
		   "Tenants of the ranks 1, 3, 10, 30, 100, 300 and 1000 in turn, each as often as any other; plans "
		   "by "
		   "PostgreSQL's own choice, except where it says otherwise.\n\n";
	write_sizes(out, scenarios.at("sizes"));
	out << "### Statements that touch no protected table\n\n";
	write_neighbours(out, scenarios.at("neighbours"));
	if (scenarios.contains("deletion")) {
		out << "### Soft deletion\n\n"
			   "Protected tables; by hand is `AND deleted_at IS NULL`, and the UPDATE that sets it. A tenth "
			   "of the rows is deleted.\n\n";
		write_deletion(out, scenarios.at("deletion"));
	}
	out << "### Very many tenants\n\n";
	write_registry(out, scenarios.at("registry"));
}

void write_settings(std::ostream &out, const json &figures) {
	write_head(out, titles(figures, {"query", "rank", "plans", "by hand, µs"}));
	for (const json &setting : figures.at("settings")) {
		std::vector<std::string> cells = {setting.at("shape"), setting.at("tenant").dump(),
										  setting.at("mode"),
										  fixed(setting.at("microseconds").at("hand"), 0)};
		for (const json &column : figures.at("columns")) {
			const std::string name = column.at("name");
			if (name != "hand")
				cells.push_back(setting.at("ratio").contains(name) ? rounded(setting["ratio"][name]) : "–");
		}
		write_row(out, cells);
	}
}

} // namespace

void write_page(const std::string &file, const json &figures, std::ostream &out) {
	const std::string begin = "<!-- figures: begin, by make bench -->\n";
	const std::string end = "<!-- figures: end -->\n";
	std::ifstream stream(file);
	std::ostringstream buffer;
	buffer << stream.rdbuf();
	const std::string text = buffer.str();
	const std::size_t from = text.find(begin);
	const std::size_t to = text.find(end);
	if (from == std::string::npos || to == std::string::npos)
		throw std::runtime_error(file + " has no markers for the figures");
	out << text.substr(0, from + begin.size()) << "\n";
	write_machine(out, figures);
	write_summary(out, figures);
	write_outliers(out, figures);
	out << "## Each query\n\nGeometric means of the CPU time of an execution, by hand being 1.\n\n";
	write_main_table(out, figures);
	if (figures.contains("scenarios")) {
		out << "## Beyond single queries\n\n";
		write_scenarios(out, figures);
	}
	out << "## All settings\n\n";
	write_settings(out, figures);
	out << "\n" << text.substr(to);
}

} // namespace bench
