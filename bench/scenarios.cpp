#include "scenarios.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <stdexcept>

#include <nlohmann/json.hpp>

#include "session.hpp"
#include "statistics.hpp"

namespace bench {

namespace {

using nlohmann::json;
using Times = std::map<std::string, std::vector<double>>;

const Column &column_of(const std::string &name) {
	for (const Column &column : columns())
		if (column.name == name)
			return column;
	throw std::logic_error("no column " + name);
}

// Medians, and quotients to those of the first.
json summary(const Times &times, const std::string &base) {
	json result;
	for (const auto &[name, values] : times)
		result[name] = {{"microseconds", median(values)},
						{"ratio", median(quotients(values, times.at(base)))}};
	return result;
}

// A column by one kind of plan.
struct Way {
	std::string name;
	const Column *column;
	PlanMode mode;
};

Way way_of(const std::string &name) {
	if (name == "custom" || name == "generic")
		return {name, &column_of("hand"), name == "custom" ? PlanMode::kCustom : PlanMode::kGeneric};
	return {name, &column_of(name), PlanMode::kAuto};
}

// Tenants of very different size, with what the shapes ask of each.
struct Mixed {
	Tenant tenant;
	std::map<std::string, Parameters> parameters;
};

std::vector<Mixed> mixed_tenants(const Servers &servers, const Size &size,
								 const std::vector<const Shape *> &shapes) {
	const Column &hand = columns().front();
	Connection connection(parameters_of(hand, servers));
	connection.run(setup_of(hand, {}));
	std::vector<Mixed> mix;
	for (const int rank : {1, 3, 10, 30, 100, 300, 1000}) {
		if (rank > size.tenants)
			break;
		Size one = size;
		one.middle = rank;
		Mixed mixed{measured_tenants(connection, one).back(), {}};
		for (const Shape *shape : shapes)
			mixed.parameters[shape->name] = parameters_of(*shape, mixed.tenant, connection);
		mix.push_back(std::move(mixed));
	}
	return mix;
}

void run_transaction(Session &session, const Mixed &mixed, const std::vector<const Shape *> &shapes,
					 int execution) {
	session.connection().run("BEGIN");
	session.become(mixed.tenant, true);
	for (const Shape *shape : shapes)
		session.execute(*shape, mixed.parameters.at(shape->name), execution);
	session.connection().run("COMMIT");
}

// One execution for each tenant; returns the CPU time of all.
double run_mix(Session &session, const std::vector<Mixed> &mix, const Shape &shape, int execution) {
	const double before = session.clock().microseconds();
	for (const Mixed &mixed : mix) {
		session.become(mixed.tenant);
		session.execute(shape, mixed.parameters.at(shape.name), execution);
	}
	return session.clock().microseconds() - before;
}

// One backend goes through the active tenants again and again.
json walk_tenants(Connection *app, const Scale &scale) {
	pin(app->backend());
	const CpuClock clock(app->backend());
	app->run("CREATE TEMP TABLE chosen AS SELECT array_agg(id ORDER BY md5(id)) AS ids FROM (SELECT "
			 "md5('tenant ' ||"
			 " r)::uuid::text AS id FROM generate_series(1, " +
			 std::to_string(scale.registered) + ", " + std::to_string(scale.registered / scale.active) +
			 ") r) c");
	app->run("SELECT set_config('app.tenant_id', ids[1], false) FROM chosen");
	const auto memory = [app] {
		return app->run("SELECT sum(total_bytes) / 1048576.0 FROM pg_backend_memory_contexts").number();
	};
	const auto walk = [&](const std::string &setting) {
		const double before = clock.microseconds();
		app->run("SELECT walk(ids, " + literal(setting) + ") FROM chosen");
		return (clock.microseconds() - before) / scale.active;
	};
	walk("bench.tenant_id");
	const double memory_before = memory();
	const double cold = walk("app.tenant_id");
	std::vector<double> warm;
	std::vector<double> fixed;
	for (int round = 0; round < std::clamp(scale.effort.rounds / 2, 3, 9); round++) {
		fixed.push_back(walk("bench.tenant_id"));
		warm.push_back(walk("app.tenant_id"));
	}
	return {{"cached", app->run("SHOW pg_tenant.cached_tenants").number()},
			{"fixed", median(fixed)},
			{"cold", cold - median(fixed)},
			{"warm", median(warm) - median(fixed)},
			{"megabytes_before", memory_before},
			{"megabytes_after", memory()}};
}

} // namespace

json plan_on_partitions(const Servers &servers, const Tenant &tenant, const Scale &scale) {
	constexpr const char *kPoint = "SELECT h.id, h.name, h.amount FROM hashed h WHERE {h} h.id = ";
	Times prepared;
	Times once;
	std::vector<std::unique_ptr<Session>> sessions;
	const auto planning = [](Session &session, const std::string &sql) {
		const Result plan = session.connection().run("EXPLAIN (SUMMARY, COSTS off) " + sql);
		for (int r = 0; r < plan.rows(); r++) {
			const std::string line = plan.value(r, 0).value_or("");
			if (line.rfind("Planning Time: ", 0) == 0)
				return std::stod(line.substr(15)) * 1000;
		}
		throw std::runtime_error("EXPLAIN says no planning time");
	};
	for (const char *name : {"hand", "again", "pg_tenant", "rls_setting"}) {
		sessions.push_back(std::make_unique<Session>(column_of(name), tenant, servers));
		Session &session = *sessions.back();
		session.plan_by(PlanMode::kCustom);
		std::vector<std::string> names = {"tenant", "id"};
		session.connection().run("PREPARE point (uuid, bigint) AS " +
								 numbered(expand(kPoint, session.column()), &names) + "$2");
	}
	for (int round = 0; round < scale.effort.rounds * 12; round++) {
		for (const auto &session : sessions) {
			const std::string &name = session->column().name;
			prepared[name].push_back(planning(*session, "EXECUTE point (" + literal(tenant.id) + ", " +
															std::to_string(round) + ")"));
			once[name].push_back(planning(*session, with_tenant(expand(kPoint, session->column()), tenant) +
														std::to_string(round)));
		}
	}
	return {{"prepared", summary(prepared, "hand")}, {"once", summary(once, "hand")}};
}

json switch_in_transactions(const Servers &servers, const Scale &scale, const Shapes &shapes) {
	std::vector<const Shape *> chosen;
	for (const Shape &shape : shapes.measured)
		if (shape.name == "point" || shape.name == "page20" || shape.name == "keyset")
			chosen.push_back(&shape);
	const std::vector<Mixed> mix = mixed_tenants(servers, scale.size, chosen);
	const int transactions = static_cast<int>(mix.size()) * 4;
	std::vector<std::pair<std::string, std::unique_ptr<Session>>> sessions;
	for (const char *name : {"hand", "again", "generic", "pg_tenant", "rls_setting", "rls_select"}) {
		const Way way = way_of(name);
		sessions.emplace_back(name, std::make_unique<Session>(*way.column, mix.front().tenant, servers));
		sessions.back().second->plan_by(way.mode);
	}
	Times times;
	std::mt19937 random(1);
	for (int round = 0; round <= scale.effort.rounds * 2; round++) {
		std::shuffle(sessions.begin(), sessions.end(), random);
		for (const auto &[name, session] : sessions) {
			const double before = session->clock().microseconds();
			for (int i = 0; i < transactions; i++)
				run_transaction(*session, mix[i * 3 % mix.size()], chosen, i);
			const double spent = session->clock().microseconds() - before;
			// The first round prepares and plans.
			if (round > 0)
				times[name].push_back(spent / transactions);
		}
	}
	return summary(times, "hand");
}

json mix_sizes(const Servers &servers, const Scale &scale, const Shapes &shapes) {
	std::vector<Way> ways;
	for (const char *name : {"hand", "again", "custom", "generic", "pg_tenant"})
		ways.push_back(way_of(name));
	std::vector<const Shape *> chosen;
	for (const Shape &shape : shapes.measured)
		if (shape.skew)
			chosen.push_back(&shape);
	std::vector<Mixed> mix = mixed_tenants(servers, scale.size, chosen);
	std::map<std::string, Times> times;
	std::mt19937 random(1);
	for (int round = 0; round < std::max(scale.effort.rounds / 2, 2); round++) {
		// Whose tenant comes first decides about plans that are kept: another one in each round, the same for
		// all ways.
		std::shuffle(mix.begin(), mix.end(), random);
		for (const Way &way : ways) {
			Session session(*way.column, mix.front().tenant, servers);
			session.plan_by(way.mode);
			for (const Shape *shape : chosen) {
				for (int warming = 0; warming < 2; warming++)
					run_mix(session, mix, *shape, warming);
				times[shape->name][way.name].push_back(run_mix(session, mix, *shape, 2));
			}
		}
	}
	json result;
	for (const auto &[shape, of_shape] : times)
		result[shape] = summary(of_shape, "hand");
	return result;
}

json visit_neighbours(const Servers &servers, const Scale &scale) {
	constexpr int kExecutions = 60;
	const Tenant nobody{0, "", 0};
	std::vector<Shape> shapes;
	const std::vector<double> counts = {1, 8, 32};
	for (const double count : counts) {
		Shape shape;
		shape.name = "neighbours_" + std::to_string(static_cast<int>(count));
		shape.statement = "SELECT count(*) FROM (SELECT value FROM neighbour_1 WHERE id > 0";
		for (int i = 2; i <= count; i++)
			shape.statement +=
				" UNION ALL SELECT value FROM neighbour_" + std::to_string(i) + " WHERE id > 0";
		shape.statement += ") n WHERE value > $least";
		shapes.push_back(shape);
	}
	const Parameters parameters{{"least"}, {23}, {{std::string("0")}}};
	json result;
	for (const PlanMode mode : {PlanMode::kGeneric, PlanMode::kCustom}) {
		std::map<std::string, Times> times;
		for (int round = 0; round < scale.effort.rounds * 4; round++) {
			// New sessions, since the layout of a backend's memory makes a difference of its own.
			Session plain(columns()[0], nobody, servers);
			Session again(columns()[1], nobody, servers);
			Session extended(column_of("pg_tenant"), nobody, servers);
			for (const Shape &shape : shapes) {
				for (Session *session : {&plain, &extended, &again}) {
					session->burst(shape, parameters, mode, 3);
					times[shape.name][session->column().name].push_back(
						session->burst(shape, parameters, mode, kExecutions));
				}
			}
		}
		std::vector<double> extra;
		std::vector<double> noise;
		json &one = result[name_of(mode)];
		for (const Shape &shape : shapes) {
			const Times &of_shape = times[shape.name];
			one["microseconds"].push_back(median(of_shape.at("hand")));
			extra.push_back(median(differences(of_shape.at("pg_tenant"), of_shape.at("hand"))));
			noise.push_back(median(differences(of_shape.at("again"), of_shape.at("hand"))));
		}
		one["tables"] = counts;
		one["extra"] = extra;
		one["extra_per_table"] = slope(counts, extra);
		one["noise_per_table"] = slope(counts, noise);
	}
	return result;
}

json register_many(const Servers &servers, const Scale &scale) {
	const std::string server = "host=" + servers.extended;
	Connection(server + " dbname=postgres user=postgres").run("CREATE DATABASE registry");
	Connection admin(server + " dbname=registry user=postgres");
	admin.run("CREATE EXTENSION pg_tenant; CREATE TABLE small (tenant_id uuid NOT NULL, id int)");
	admin.run("SELECT tenant.protect('small'); GRANT SELECT ON small TO app; GRANT pg_read_all_stats TO app");
	for (int done = 0; done < scale.registered; done += scale.active)
		admin.run("INSERT INTO tenant.tenants (tenant_id, status) SELECT md5('tenant ' || r)::uuid, 'active'"
				  " FROM generate_series(" +
				  std::to_string(done + 1) + ", " +
				  std::to_string(std::min(done + scale.active, scale.registered)) + ") r");
	admin.run("VACUUM ANALYZE");
	admin.run(
		"CREATE FUNCTION walk(ids text[], setting text) RETURNS void LANGUAGE plpgsql AS $$ DECLARE id text; "
		"BEGIN"
		" FOREACH id IN ARRAY ids LOOP PERFORM set_config(setting, id, false); PERFORM count(*) FROM small;"
		" END LOOP; END $$");
	json result = {{"registered", scale.registered}, {"active", scale.active}};
	// As many as are active fit into the session's cache, or what fits by default.
	for (const std::string &cached : {std::to_string(scale.active), std::string("DEFAULT")}) {
		admin.run("ALTER ROLE app IN DATABASE registry SET pg_tenant.cached_tenants = " + cached);
		Connection app(server + " dbname=registry user=app");
		result["sessions"].push_back(walk_tenants(&app, scale));
	}
	return result;
}

} // namespace bench
