#include "deletion.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <random>

#include <nlohmann/json.hpp>

#include "clock.hpp"
#include "connection.hpp"
#include "statistics.hpp"

namespace bench {

namespace {

using nlohmann::json;

constexpr int kTenants = 20;
constexpr int kRows = 5000; // of each
constexpr const char *kTenant = "md5('tenant 1')::uuid";

// By hand, {t} is its table and {live} the condition; {mark} begins the statement that marks.
struct Statement {
	const char *name;
	const char *text;
	int executions;
	bool writes;
};

const std::vector<Statement> kStatements = {
	{"point", "SELECT id, name, amount FROM {t} WHERE id = $1{live}", 300, false},
	{"name", "SELECT id, amount FROM {t} WHERE name = 'name ' || $1{live}", 300, false},
	{"page", "SELECT id, name FROM {t} WHERE id > $1{live} ORDER BY id LIMIT 20", 200, false},
	{"sum", "SELECT count(*), sum(amount) FROM {t} WHERE amount > $1{live}", 4, false},
	{"join",
	 "SELECT count(*) FROM {t} JOIN {t} o ON o.id = {t}.id + 1 AND o.deleted_at IS NULL WHERE {t}.id BETWEEN "
	 "$1 AND $1 + 50{live}",
	 60, false},
	{"delete one", "{mark} WHERE id = $1{live}", 100, true},
	{"delete 100", "{mark} WHERE id BETWEEN $1 AND $1 + 99{live}", 4, true},
};

void replace(std::string *text, const std::string &what, const std::string &with) {
	for (std::size_t at = text->find(what); at != std::string::npos; at = text->find(what, at + with.size()))
		text->replace(at, what.size(), with);
}

std::string text_of(const Statement &statement, const std::string &way) {
	const bool is_soft = way == "soft";
	std::string text = statement.text;
	replace(&text, "{mark}",
			is_soft ? "DELETE FROM {t}" : "UPDATE {t} SET deleted_at = statement_timestamp()");
	replace(&text, "{t}", way);
	replace(&text, "{live}", is_soft ? "" : " AND " + way + ".deleted_at IS NULL");
	if (is_soft)
		replace(&text, " AND o.deleted_at IS NULL", "");
	return text;
}

void make_tables(const std::string &server, const std::vector<std::string> &ways) {
	Connection(server + " dbname=postgres user=postgres").run("CREATE DATABASE deletion");
	Connection admin(server + " dbname=deletion user=postgres");
	admin.run("CREATE EXTENSION pg_tenant");
	for (const std::string &way : ways) {
		admin.run("CREATE TABLE " + way +
				  " (tenant_id uuid, id bigint, name text, amount numeric, deleted_at timestamptz, PRIMARY "
				  "KEY (tenant_id, id))");
		admin.run("INSERT INTO " + way + " SELECT md5('tenant ' || t)::uuid, i, 'name ' || i, i % 1000," +
				  " CASE WHEN i % 10 = 3 THEN now() END FROM generate_series(1, " + std::to_string(kTenants) +
				  ") t, generate_series(1, " + std::to_string(kRows) + ") i");
		admin.run("CREATE INDEX ON " + way + " (tenant_id, name) WHERE deleted_at IS NULL");
		admin.run("SELECT tenant.protect('" + way + "', register => true)");
		admin.run("GRANT ALL ON " + way + " TO app");
	}
	admin.run("SELECT tenant.enable_soft_delete('soft')");
	admin.run("VACUUM ANALYZE");
}

// A way to run the statements, in a session of its own.
class Way {
  public:
	Way(const std::string &server, std::string name, const std::string &mode)
		: name_(std::move(name)), connection_(server + " dbname=deletion user=app"),
		  clock_(connection_.backend()) {
		pin(connection_.backend());
		connection_.run(std::string("SELECT set_config('app.tenant_id', ") + kTenant + "::text, false)");
		connection_.run("SET plan_cache_mode = force_" + mode + "_plan");
		for (std::size_t i = 0; i < kStatements.size(); i++)
			connection_.prepare(std::to_string(i), text_of(kStatements[i], name_), {20});
	}

	const std::string &name() const { return name_; }

	// Microseconds of one execution.
	double burst(std::size_t number) {
		const Statement &statement = kStatements[number];
		if (statement.writes)
			connection_.run("BEGIN");
		const double before = clock_.microseconds();
		for (int i = 0; i < statement.executions; i++)
			connection_.execute(std::to_string(number), {std::to_string(1 + i * 101 % (kRows - 200))});
		const double spent = clock_.microseconds() - before;
		if (statement.writes)
			connection_.run("ROLLBACK");
		return spent / statement.executions;
	}

  private:
	std::string name_;
	Connection connection_;
	CpuClock clock_;
};

} // namespace

json delete_softly(const Servers &servers, const Scale &scale) {
	const std::string server = "host=" + servers.extended;
	const std::vector<std::string> names = {"hand", "again", "soft"};
	make_tables(server, names);
	Connection admin(server + " dbname=deletion user=postgres");
	json result;
	std::mt19937 random(1);
	for (const std::string mode : {"custom", "generic"}) {
		std::vector<std::unique_ptr<Way>> ways;
		for (const std::string &name : names)
			ways.push_back(std::make_unique<Way>(server, name, mode));
		std::map<std::string, std::map<std::string, std::vector<double>>> times;
		for (int round = 0; round <= scale.effort.rounds * 3; round++) {
			for (std::size_t number = 0; number < kStatements.size(); number++) {
				std::shuffle(ways.begin(), ways.end(), random);
				for (const auto &way : ways) {
					const double spent = way->burst(number);
					// The first round plans.
					if (round > 0)
						times[kStatements[number].name][way->name()].push_back(spent);
				}
				if (kStatements[number].writes)
					admin.run("VACUUM");
			}
		}
		for (const auto &[statement, of_statement] : times) {
			json &one = result[statement][mode];
			one["microseconds"] = median(of_statement.at("hand"));
			for (const std::string name : {"again", "soft"})
				one[name] = median(quotients(of_statement.at(name), of_statement.at("hand")));
		}
	}
	return result;
}

} // namespace bench
