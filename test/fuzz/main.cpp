// Random statements, each as a tenant with hostile neighbours and as one alone: the answers must be the same.
#include <chrono>
#include <iostream>

#include <CLI/CLI.hpp>

#include "generator.hpp"
#include "issue.hpp"
#include "shrink.hpp"

namespace fuzz {
namespace {

struct Options {
	int seconds = 60;
	long statements = 0;
	std::uint64_t seed = 0;
	long only = -1;
	std::string role;
	std::string issues = "test/fuzz/issues";
	std::vector<std::string> files;
};

struct Counts {
	long statements = 0;
	long compared = 0;
	long differ = 0;
	long failed = 0; // alike
	long empty = 0;
	long writes = 0;
	long late = 0;
};

std::uint64_t mixed(std::uint64_t seed, std::uint64_t number) {
	std::seed_seq sequence{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32),
						   static_cast<std::uint32_t>(number)};
	std::vector<std::uint32_t> words(2);
	sequence.generate(words.begin(), words.end());
	return (static_cast<std::uint64_t>(words[0]) << 32) | words[1];
}

std::string settings(Random &random) {
	std::string result =
		"SET plan_cache_mode = " + random.of({"auto", "force_custom_plan", "force_generic_plan"});
	static const std::vector<const char *> wishes = {"enable_seqscan = off",
													 "enable_indexscan = off",
													 "enable_bitmapscan = off",
													 "enable_hashjoin = off",
													 "enable_mergejoin = off",
													 "enable_nestloop = off",
													 "enable_hashagg = off",
													 "enable_sort = off",
													 "enable_material = off",
													 "enable_memoize = off",
													 "enable_partitionwise_join = on",
													 "enable_partitionwise_aggregate = on",
													 "enable_indexonlyscan = off",
													 "enable_incremental_sort = off",
													 "from_collapse_limit = 1",
													 "join_collapse_limit = 1",
													 "geqo_threshold = 2",
													 "work_mem = 64",
													 "random_page_cost = 0.1",
													 "constraint_exclusion = on",
													 "enable_tidscan = off",
													 "enable_partition_pruning = off",
													 "cursor_tuple_fraction = 1"};
	for (int number = random.below(5); number > 0; --number)
		result += std::string("; SET ") + random.of(wishes);
	if (random.chance(4))
		result +=
			"; SET max_parallel_workers_per_gather = 2; SET parallel_setup_cost = 0; SET parallel_tuple_cost "
			"= 0; SET min_parallel_table_scan_size = 0; SET min_parallel_index_scan_size = 0";
	return result;
}

Trial circumstances(const Options &options, const Statement &statement, std::uint64_t number,
					Random &random) {
	Random slow(mixed(options.seed + 1, number / 20));
	Trial trial;
	trial.role = slow.of({"app", "app", "owner", "superuser", "bypass"});
	if (!options.role.empty())
		trial.role = options.role;
	trial.settings = settings(slow);
	trial.writes = statement.writes;
	// Alone, where DELETE removes rows, there is nothing else for who writes.
	if (!statement.writes)
		trial.deleted = slow.of({"off", "off", "off", "on", "on", "alone"});
	trial.is_ordered = statement.is_ordered;
	trial.way = statement.writes
					? random.of({"simple", "simple", "bound", "prepared", "execute"})
					: random.of({"simple", "simple", "simple", "bound", "prepared", "prepared", "prepared",
								 "execute", "inside", "copy", "cursor", "scroll", "backward", "hold"});
	trial.is_warm = random.chance(35);
	trial.text = statement.text->text();
	return trial;
}

void count(const Trial &trial, const Verdict &verdict, Counts *counts) {
	const Answer &alone = verdict.answers.at("alone");
	counts->statements++;
	counts->compared += verdict.compared;
	counts->differ += !verdict.difference.empty();
	counts->failed += alone.has_failed();
	counts->empty += alone.rows.empty() && !alone.has_failed();
	counts->writes += trial.writes;
	counts->late += verdict.is_late;
}

void report(const Options &options, Databases &databases, const Statement &statement, Trial trial,
			const Verdict &verdict, long number) {
	const std::string origin =
		"seed " + std::to_string(options.seed) + ", statement " + std::to_string(number);
	std::cout << origin << "\n" << described(trial, verdict);
	const Verdict again = shrink(databases, statement.text, &trial);
	if (again.difference.empty())
		std::cout << "-- not when it is run again\n";
	else
		std::cout << "-- shrunk: " << write_issue(options.issues, trial, again, origin) << "\n"
				  << described(trial, again);
	std::cout << std::endl;
}

void try_one(const Options &options, Databases &databases, long number, Counts *counts) {
	Random random(mixed(options.seed, static_cast<std::uint64_t>(number)));
	Generator generator(random);
	const Statement statement = generator.statement();
	const Trial trial = circumstances(options, statement, static_cast<std::uint64_t>(number), random);
	const Verdict verdict = databases.judge(trial);
	count(trial, verdict, counts);
	if (options.only >= 0 && verdict.difference.empty())
		std::cout << described(trial, verdict);
	if (!verdict.difference.empty() && counts->differ <= 30)
		report(options, databases, statement, trial, verdict, number);
}

void replay(const Options &options, Databases &databases, Counts *counts) {
	for (const std::string &file : options.files) {
		const Trial trial = read_issue(file);
		const Verdict verdict = databases.judge(trial);
		count(trial, verdict, counts);
		if (!verdict.difference.empty())
			std::cout << file << "\n" << described(trial, verdict);
	}
}

int run(const Options &options) {
	Databases databases;
	Counts counts;
	const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(options.seconds);
	replay(options, databases, &counts);
	if (options.only >= 0)
		try_one(options, databases, options.only, &counts);
	else if (options.files.empty() || options.statements > 0)
		for (long number = 0;
			 options.statements > 0 ? number < options.statements : std::chrono::steady_clock::now() < end;
			 ++number)
			try_one(options, databases, number, &counts);
	const std::vector<std::string> miscounted = databases.miscounted();
	for (const std::string &line : miscounted)
		std::cout << line << "\n";
	const long failed = counts.differ + static_cast<long>(miscounted.size());
	std::cout << "seed " << options.seed << ": " << counts.statements << " statements (" << counts.writes
			  << " write, " << counts.empty << " have no rows, " << counts.failed << " fail, " << counts.late
			  << " take too long)\n"
			  << counts.compared << " compared, " << counts.differ << " differ\n"
			  << counts.statements - counts.differ << " passed, " << failed << " failed" << std::endl;
	return failed == 0 && counts.statements > 0 ? 0 : 1;
}

} // namespace
} // namespace fuzz

int main(int argc, char **argv) {
	fuzz::Options options;
	options.seed = std::random_device()();
	CLI::App app{"Compares what random statements answer a tenant beside hostile neighbours and alone"};
	app.add_option("--seconds", options.seconds, "how long");
	app.add_option("--statements", options.statements, "how many, in place of seconds");
	app.add_option("--seed", options.seed, "by default another one each time");
	app.add_option("--only", options.only, "this statement of the seed, and what it answers");
	app.add_option("--role", options.role, "always that one: app, owner, superuser or bypass");
	app.add_option("--issues", options.issues, "folder for statements that differ");
	app.add_option("files", options.files, "issues to run again");
	CLI11_PARSE(app, argc, argv);
	std::cout << "seed " << options.seed << std::endl;
	return fuzz::run(options);
}
