#include "verdict.hpp"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <map>
#include <regex>

#include "limits.hpp"
#include "world.hpp"

namespace load {

using nlohmann::json;

constexpr double kGrowth = 512;       // kilobytes, of the average backend
constexpr long kCacheBytes = 1 << 20; // of pg_tenant in a backend; it keeps at most 300 tenants

static Check equals(const std::string &what, const std::string &found, long expected) {
	return {what, found == std::to_string(expected), found};
}

static std::string number(Connection &superuser, const std::string &sql) {
	const Answer answer = superuser.run("SET row_security = off; " + sql);
	return answer.rows.empty() ? answer.message : answer.rows[0];
}

static std::string wrong_rows() {
	std::string sql = "SELECT sum(n) FROM (";
	for (const char *table :
		 {"items", "orders", "notes", "counters", "events", "side_0", "side_1", "side_2", "side_3"})
		sql += std::string(sql.back() == '(' ? "" : " UNION ALL ") +
			   "SELECT count(*) FILTER (WHERE tag IS DISTINCT FROM tenant_id::text) AS n FROM " + table;
	return sql + ") counted";
}

// Crashes, and errors that the server calls internal.
static Check no_crash(const std::string &log) {
	std::ifstream file(log);
	static const std::regex bad("PANIC|TRAP:|was terminated by signal|XX000");
	std::string line;
	std::string first;
	long lines = 0;
	while (std::getline(file, line)) {
		lines++;
		if (first.empty() && std::regex_search(line, bad))
			first = line;
	}
	return {"no crash and no internal error in the server's log", lines > 0 && first.empty(),
			first.empty() ? std::to_string(lines) + " lines" : first};
}

static std::vector<Check> of_everything(const Tally &tally) {
	std::string missing;
	for (const char *code :
		 {"TN001", "TN002", "TN003", "TN005", "TN006", "TN007", "TN008", "TN009", "TN011", "42501", "58030"})
		if (tally.refused.count(code) == 0)
			missing += std::string(code) + " ";
	for (const char *step : {"suspend", "resume", "suspension rolled back", "protect", "unprotect",
							 "provision", "isolate_tenant", "setting", "open_breaker", "close_breaker"})
		if (tally.changes.count(step) == 0)
			missing += std::string(step) + " ";
	return {{"everything has happened", missing.empty(), missing.empty() ? "yes" : "never: " + missing},
			{"each answer was that of its tenant", tally.failed == 0,
			 std::to_string(tally.failed) + " were not"}};
}

// As many as administrators have taken; a suspension that was rolled back has left none.
static std::vector<Check> of_the_trail(Connection &superuser, const Tally &tally) {
	std::vector<Check> checks;
	for (const auto &[step, action] : std::map<std::string, std::string>{{"suspend", "suspended"},
																		 {"resume", "resumed"},
																		 {"unprotect", "unprotected"},
																		 {"isolate_tenant", "isolated"},
																		 {"open_breaker", "breaker_opened"},
																		 {"close_breaker", "breaker_closed"}})
		checks.push_back(
			equals("steps in the audit trail: " + action,
				   number(superuser, "SELECT count(*) FROM tenant.audit_log WHERE action = '" + action + "'"),
				   tally.changes.count(step) == 0 ? 0 : tally.changes.at(step)));
	return checks;
}

std::vector<Check> final_checks(Connection &superuser, Memory &memory, const Tally &tally, const Run &run) {
	std::vector<Check> checks = of_everything(tally);
	const auto add = [&](Check check) { checks.push_back(std::move(check)); };
	add(equals("rows that are not their tenant's", number(superuser, wrong_rows()), 0));
	add(equals(
		"tenants without their 40 items",
		number(superuser, "SELECT count(*) FROM (SELECT FROM items GROUP BY tenant_id HAVING count(*) <> " +
							  std::to_string(kItems) + ") less"),
		0));
	add(equals("increments that were committed", number(superuser, "SELECT sum(n) FROM counters"),
			   tally.increments));
	add(equals("events that were committed", number(superuser, "SELECT count(*) FROM events"), tally.events));
	add(equals("orders that were deleted and are still there",
			   number(superuser, "SELECT count(*) FROM orders WHERE deleted_at IS NOT NULL"),
			   tally.deletions));
	add(equals("bytes of shared memory", std::to_string(memory.shared_bytes()), run.shared_before));
	const Memory::Growth growth = memory.growth();
	add({"growth of the average backend, kB", growth.backends > 0 && growth.after - growth.before <= kGrowth,
		 std::to_string(static_cast<long>(growth.after - growth.before)) + " of " +
			 std::to_string(static_cast<long>(growth.before)) + ", " + std::to_string(growth.backends) +
			 " backends"});
	add({"bytes of pg_tenant's caches in a backend, at most",
		 tally.cache_bytes > 0 && tally.cache_bytes <= kCacheBytes, std::to_string(tally.cache_bytes)});
	for (Check &check : of_the_trail(superuser, tally))
		add(std::move(check));
	for (Check &check : limit_checks(superuser, tally))
		add(std::move(check));
	add(no_crash(run.log));
	return checks;
}

json figures(const Tally &tally, const std::vector<Check> &checks, const Memory &memory, const Run &run) {
	json all = {{"seconds", run.seconds},
				{"clients", run.clients},
				{"tenants", run.tenants},
				{"backends", memory.backends()},
				{"connections", tally.connections},
				{"statements", tally.statements},
				{"rows", tally.rows},
				{"ids_checked", tally.own_ids},
				{"commits", tally.commits},
				{"rollbacks", tally.rollbacks},
				{"refused", tally.refused},
				{"changes", tally.changes},
				{"failures", tally.failures}};
	for (const auto &[name, kind] : tally.kinds)
		all["requests"][name] = {{"number", kind.requests},
								 {"milliseconds", kind.milliseconds / static_cast<double>(kind.requests)},
								 {"slowest", kind.slowest}};
	for (const Check &check : checks)
		all["checks"].push_back({{"what", check.what}, {"is_right", check.is_right}, {"found", check.found}});
	const long failed =
		std::count_if(checks.begin(), checks.end(), [](const Check &check) { return !check.is_right; });
	all["passed"] = tally.statements - tally.failed + static_cast<long>(checks.size()) - failed;
	all["failed"] = tally.failed + failed;
	return all;
}

void print(const json &figures) {
	std::printf("\n%-24s %9s %9s %9s\n", "request", "number", "ms", "slowest");
	for (const auto &[name, kind] : figures["requests"].items())
		std::printf("%-24s %9ld %9.1f %9.1f\n", name.c_str(), kind["number"].get<long>(),
					kind["milliseconds"].get<double>(), kind["slowest"].get<double>());
	for (const char *part : {"changes", "refused"}) {
		std::printf("\n%-24s\n", part);
		for (const auto &[name, number] : figures[part].items())
			std::printf("%-24s %9ld\n", name.c_str(), number.get<long>());
	}
	std::printf("\n%ld clients, %ld backends, %ld connections, %ld tenants\n", figures["clients"].get<long>(),
				figures["backends"].get<long>(), figures["connections"].get<long>(),
				figures["tenants"].get<long>());
	std::printf("%ld statements, %ld rows, %ld tenant ids in them, %ld commits, %ld rollbacks in %ld s\n\n",
				figures["statements"].get<long>(), figures["rows"].get<long>(),
				figures["ids_checked"].get<long>(), figures["commits"].get<long>(),
				figures["rollbacks"].get<long>(), figures["seconds"].get<long>());
	for (const json &check : figures["checks"])
		std::printf("   %-7s %s: %s\n", check["is_right"].get<bool>() ? "ok" : "FAILED",
					check["what"].get<std::string>().c_str(), check["found"].get<std::string>().c_str());
}

} // namespace load
