#include "limits.hpp"

#include <chrono>
#include <thread>

namespace load {

constexpr const char *kRefusals = "{TN007,TN008,TN009}";

bool is_refused_by_limits(const std::string &sqlstate) {
	return sqlstate == "TN007" || sqlstate == "TN008" || sqlstate == "TN009";
}

bool has_limit(int tenant, const std::string &sqlstate) {
	switch (tenant % 10) {
	case 3:
	case 4:
		return sqlstate == "TN007";
	case 5:
		return sqlstate == "TN009";
	case 6:
		return sqlstate == "TN008";
	default:
		return false;
	}
}

// A rate or a breaker lets one through in time; a place or a session that somebody has kept comes back no
// more.
static bool is_served_alone(Connection &superuser, const std::string &tenant) {
	constexpr int kAttempts = 500;
	(void)superuser.run("SET app.tenant_id = '" + tenant + "'");
	for (int attempt = 0; attempt < kAttempts; ++attempt) {
		if (superuser.run("SELECT FROM items LIMIT 1").is_done())
			return true;
		std::this_thread::sleep_for(std::chrono::milliseconds(10));
	}
	return false;
}

// Each has one place, for one session.
static std::string not_served(Connection &superuser) {
	(void)superuser.run("SELECT tenant.close_breaker(tenant_id) FROM tenant.breakers WHERE by_hand");
	const Answer tenants = superuser.run(
		"SELECT tenant_id FROM tenant.tenants WHERE status = 'active' AND tenant.set_config(tenant_id, "
		"'{\"limits\": {\"concurrent_statements\": 1, \"concurrent_wait\": null, \"sessions\": 1}}') > 0");
	long failed = 0;
	for (const std::string &tenant : tenants.rows)
		failed += !is_served_alone(superuser, tenant);
	(void)superuser.run("RESET app.tenant_id");
	return tenants.rows.empty() ? tenants.message + "nobody" : std::to_string(failed);
}

// Those that are known; of the tables that are protected to the end.
static const char *const kWrongQuotas =
	"SELECT count(*) FROM tenant.quotas q CROSS JOIN LATERAL (SELECT count(*) AS rows FROM ("
	"SELECT 'items' AS name, tenant_id FROM items UNION ALL SELECT 'orders', tenant_id FROM orders UNION ALL "
	"SELECT 'notes', tenant_id FROM notes UNION ALL SELECT 'counters', tenant_id FROM counters UNION ALL "
	"SELECT 'events', tenant_id FROM events) r WHERE name = q.relation::text AND r.tenant_id::text = "
	"q.tenant_id) c WHERE q.is_known AND q.relation::text IN ('items', 'orders', 'notes', 'counters', "
	"'events') AND q.rows <> c.rows";

std::vector<Check> limit_checks(Connection &superuser, const Tally &tally) {
	const auto first = [&](const std::string &sql) {
		const Answer answer = superuser.run(sql);
		return answer.rows.empty() ? answer.message : answer.rows[0];
	};
	std::vector<Check> checks;
	const auto add = [&](const std::string &what, const std::string &found, long expected) {
		checks.push_back({what, found == std::to_string(expected), found});
	};
	(void)superuser.run("SET row_security = off");
	add("sessions and statements that statistics still count",
		first("SELECT sum(sessions + running) FROM tenant.stat_tenants"), 0);
	add("numbers of statistics below zero",
		first("SELECT count(*) FROM tenant.tenant_counters(), unnest(counters || errors || refusals || "
			  "latency || sessions || running) n WHERE n < 0"),
		0);
	long refused = 0;
	for (const auto &[code, number] : tally.refused)
		refused += is_refused_by_limits(code) ? number : 0;
	add("refusals by limits, as clients were told and as is counted",
		first(std::string("SELECT sum(coalesce((refusals ->> code)::bigint, 0)) FROM tenant.stat_tenants, "
						  "unnest('") +
			  kRefusals + "'::text[]) code"),
		refused);
	add("quotas whose number of rows is not that of their table", first(kWrongQuotas), 0);
	const std::string known = first("SELECT count(*) FROM tenant.quotas WHERE is_known AND rows > 0");
	checks.push_back({"quotas that are known", known != "0" && known.size() < 10, known});
	(void)superuser.run("RESET row_security");
	add("tenants whose only place or session is taken", not_served(superuser), 0);
	return checks;
}

} // namespace load
