// The driver of the benchmark; bench/run starts the servers that it needs. See README.md.
#include <fstream>
#include <iostream>
#include <sstream>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "machine.hpp"
#include "measure.hpp"
#include "page.hpp"
#include "plot.hpp"
#include "deletion.hpp"
#include "scenarios.hpp"
#include "schema.hpp"

namespace {

using nlohmann::json;

struct Options {
	std::string folder = "bench";
	std::string shapes;
	std::string only;
	std::string scenario;
	bench::Servers servers;
	std::string page;
	bench::Scale scale{{25, 5000}, {1000000, 1000, 50}, 1000000, 100000};
};

bench::Shapes chosen_shapes(const Options &options) {
	bench::Shapes shapes =
		bench::read_shapes(options.shapes.empty() ? options.folder + "/shapes.sql" : options.shapes);
	if (!options.only.empty()) {
		std::vector<bench::Shape> chosen;
		for (const bench::Shape &shape : shapes.measured)
			if (("," + options.only + ",").find("," + shape.name + ",") != std::string::npos)
				chosen.push_back(shape);
		shapes.measured = std::move(chosen);
	}
	return shapes;
}

std::vector<bench::Tenant> tenants_of(const Options &options) {
	bench::Connection shop("host=" + options.servers.plain + " dbname=shop user=postgres");
	return bench::measured_tenants(shop, options.scale.size);
}

// Every shape once, in every column: do all answer alike? Returns the exit status.
int check(const Options &options) {
	bench::make_columns(options.servers, options.scale.size, options.folder);
	const bench::Shapes shapes = chosen_shapes(options);
	bench::Measurement measurement(options.servers, tenants_of(options), shapes);
	const int different = measurement.compare();
	std::cout << shapes.measured.size() << " shapes, " << bench::columns().size() << " columns, "
			  << measurement.settings() << " settings, " << different << " differ\n";
	return different == 0 ? 0 : 1;
}

int explain(const Options &options) {
	bench::make_columns(options.servers, options.scale.size, options.folder);
	const bench::Shapes shapes = chosen_shapes(options);
	bench::Measurement(options.servers, tenants_of(options), shapes).explain(std::cout);
	return 0;
}

json scenarios(const Options &options, const std::vector<bench::Tenant> &tenants,
			   const bench::Shapes &shapes) {
	json all;
	const auto wanted = [&options](const char *name) {
		return options.scenario.empty() || options.scenario == name;
	};
	if (wanted("partitions"))
		all["partitions"] = bench::plan_on_partitions(options.servers, tenants.back(), options.scale);
	if (wanted("neighbours"))
		all["neighbours"] = bench::visit_neighbours(options.servers, options.scale);
	if (wanted("pooled"))
		all["pooled"] = bench::switch_in_transactions(options.servers, options.scale, shapes);
	if (wanted("sizes"))
		all["sizes"] = bench::mix_sizes(options.servers, options.scale, shapes);
	if (wanted("deletion"))
		all["deletion"] = bench::delete_softly(options.servers, options.scale);
	if (wanted("registry"))
		all["registry"] = bench::register_many(options.servers, options.scale);
	return all;
}

int measure(const Options &options) {
	bench::make_columns(options.servers, options.scale.size, options.folder);
	const bench::Shapes shapes = chosen_shapes(options);
	const std::vector<bench::Tenant> tenants = tenants_of(options);
	json result = {{"machine", bench::machine(options.servers.plain)},
				   {"items", options.scale.size.items},
				   {"tenants", options.scale.size.tenants},
				   {"rounds", options.scale.effort.rounds},
				   {"burst_microseconds", options.scale.effort.burst}};
	for (const bench::Column &column : bench::columns())
		result["columns"].push_back({{"name", column.name}, {"title", column.title}});
	for (const bench::Tenant &tenant : tenants)
		result["measured_tenants"].push_back({{"rank", tenant.rank}, {"items", tenant.items}});
	if (!options.scenario.empty()) {
		std::cout << scenarios(options, tenants, shapes).dump(1, '\t') << "\n";
		return 0;
	}
	for (const char *database : {"shop", "policies", "apart"})
		result["megabytes"][database] = bench::warm(options.servers.plain, database);
	bench::warm(options.servers.extended, "shop");
	bench::Measurement measurement(options.servers, tenants, shapes);
	std::cerr << "comparing the answers of " << measurement.settings() << " settings\n";
	if (measurement.compare() != 0)
		return 1;
	if (options.only.empty())
		result["scenarios"] = scenarios(options, tenants, shapes);
	measurement.measure(options.scale.effort);
	result["settings"] = measurement.results();
	std::cout << result.dump(1, '\t') << "\n";
	return 0;
}

void add_servers(CLI::App *command, Options *options) {
	command->add_option("--plain", options->servers.plain, "socket of the server without the extension")
		->required();
	command->add_option("--extended", options->servers.extended, "socket of the server with it")->required();
}

int run(int argc, char **argv) {
	Options options;
	CLI::App app("pg_tenant beside other ways to keep tenants apart, by CPU time of the backend");
	app.require_subcommand(1);
	app.fallthrough();
	app.add_option("--folder", options.folder, "of the schema and the shapes");
	app.add_option("--shapes", options.shapes, "a file of other shapes");
	app.add_option("--only", options.only, "names of shapes, with commas; then no scenarios");
	app.add_option("--scenario", options.scenario, "nothing but this one");
	app.add_option("--items", options.scale.size.items);
	app.add_option("--tenants", options.scale.size.tenants);
	app.add_option("--middle", options.scale.size.middle, "rank of the middling tenant");
	app.add_option("--rounds", options.scale.effort.rounds);
	app.add_option("--burst", options.scale.effort.burst, "microseconds");
	app.add_option("--registered", options.scale.registered, "tenants in the registry");
	app.add_option("--active", options.scale.active, "of them, in one backend");
	CLI::App *load = app.add_subcommand("load", "make the tables");
	load->add_option("--server", options.servers.plain, "its socket")->required();
	CLI::App *check_command = app.add_subcommand("check", "compare the answers of all columns");
	CLI::App *measure_command = app.add_subcommand("measure", "measure, and write JSON");
	CLI::App *explain_command = app.add_subcommand("explain", "the plans by hand and of pg_tenant");
	add_servers(check_command, &options);
	add_servers(explain_command, &options);
	add_servers(measure_command, &options);
	CLI::App *page = app.add_subcommand("page", "fill in a Markdown page from JSON on standard input");
	page->add_option("file", options.page)->required();
	CLI::App *plot = app.add_subcommand("plot", "an SVG from JSON on standard input");
	CLI11_PARSE(app, argc, argv);
	if (load->parsed())
		bench::load(options.servers.plain, options.scale.size, options.folder);
	else if (check_command->parsed())
		return check(options);
	else if (explain_command->parsed())
		return explain(options);
	else if (measure_command->parsed())
		return measure(options);
	else if (page->parsed())
		bench::write_page(options.page, json::parse(std::cin), std::cout);
	else if (plot->parsed())
		bench::write_plot(json::parse(std::cin), std::cout);
	return 0;
}

} // namespace

int main(int argc, char **argv) {
	try {
		return run(argc, argv);
	} catch (const std::exception &error) {
		std::cerr << "bench: " << error.what() << "\n";
		return 1;
	}
}
