#include "administrator.hpp"

#include <algorithm>
#include <deque>
#include <stdexcept>
#include <thread>

namespace load {

using std::chrono::milliseconds;

constexpr milliseconds kSuspensions{30};
constexpr milliseconds kProtections{150};
constexpr milliseconds kSettings{1500};
constexpr milliseconds kBreakers{50};
constexpr int kIsolated = 8; // tenants that get a partition of their own

Administrator::Administrator(World &world, Book &book, std::string server, Pace pace)
	: world_(world), book_(book), server_(std::move(server)), pace_(pace) {}

void Administrator::pause(milliseconds time) const {
	const auto end = std::chrono::steady_clock::now() + time;
	while (!world_.is_over && std::chrono::steady_clock::now() < end)
		std::this_thread::sleep_for(std::min(time, milliseconds(100)));
}

template <typename Step> void Administrator::repeat(const char *user, milliseconds time, Step step) {
	try {
		Connection connection(server_ + " user=" + user);
		for (pause(time); !world_.is_over; pause(time))
			step(connection);
	} catch (const std::exception &error) {
		book_.fail(std::string("administrator: ") + error.what());
	}
}

// A lock that was waited for too long is no failure: the step is tried again later.
bool Administrator::done(Connection &connection, const std::string &what, const std::string &sql) {
	const Answer answer = connection.run(sql);
	const bool is_late = answer.sqlstate == "55P03";
	if (!answer.is_done() && !is_late)
		throw std::runtime_error(sql + ": " + answer.sqlstate + " " + answer.message);
	book_.write([&](Tally &tally) { tally.changes[is_late ? what + ", lock not got" : what]++; });
	return answer.is_done();
}

// One in twenty tenants is suspended at a time, of those that clients mostly use.
void Administrator::suspend_and_resume(int share, int shares) {
	std::mt19937 random(static_cast<unsigned>(share) + 1000);
	std::deque<int> suspended;
	const auto change = [&](Connection &connection, int tenant, bool is_active) {
		Watched &state = world_.is_active[tenant];
		const std::string step = is_active ? "resume" : "suspend";
		state.begin_change();
		(void)done(connection, step, "SELECT tenant." + step + "('" + tenant_id(tenant) + "')");
		state.end_change(is_active);
	};
	repeat("load_owner", kSuspensions, [&](Connection &connection) {
		if (static_cast<int>(suspended.size()) > std::max(1, world_.tenants() / 20 / shares)) {
			change(connection, suspended.front(), true);
			suspended.pop_front();
			return;
		}
		const int tenant =
			static_cast<int>(random() % static_cast<unsigned>(world_.tenants())) / 3 / shares * shares +
			share;
		if (!world_.is_active[tenant].now().is(true))
			return;
		// What is rolled back never was: the tenant is served all the time.
		if (random() % 4 == 0) {
			(void)done(connection, "suspension rolled back",
					   "BEGIN; SELECT tenant.suspend('" + tenant_id(tenant) + "'); ROLLBACK");
			return;
		}
		change(connection, tenant, false);
		suspended.push_back(tenant);
	});
}

void Administrator::unprotect_and_protect() {
	int table = 0;
	repeat("load_owner", kProtections, [&](Connection &connection) {
		Watched &state = world_.is_protected[table];
		const bool was_protected = state.now().is(true);
		const std::string step = was_protected ? "unprotect" : "protect";
		state.begin_change();
		const bool is_done =
			done(connection, step,
				 "SET lock_timeout = '3s'; SELECT tenant." + step + "('side_" + std::to_string(table) + "')");
		state.end_change(is_done != was_protected);
		if (!was_protected)
			table = (table + 1) % kSideTables;
	});
}

void Administrator::provision() {
	const auto time = std::chrono::duration_cast<milliseconds>(pace_.duration) / (pace_.spare + 1);
	repeat("load_owner", time, [&](Connection &connection) {
		const int tenant = world_.tenants();
		if (tenant == static_cast<int>(world_.is_active.size()))
			return;
		const std::string id = tenant_id(tenant);
		(void)done(connection, "provision",
				   "BEGIN; SELECT tenant.provision('" + id + "', config => limits_of(" +
					   std::to_string(tenant) + ")); SELECT tenant.set('" + id + "'); SELECT new_tenant('" +
					   id + "'); COMMIT");
		world_.is_active[tenant].end_change(true);
		world_.count++;
	});
}

void Administrator::isolate() {
	int tenant = 0;
	// Each new partition takes memory of every backend, so they come before growth is measured.
	const auto time = std::chrono::duration_cast<milliseconds>(pace_.duration) / 3 / (kIsolated + 1);
	repeat("load_owner", time, [&](Connection &connection) {
		if (tenant == kIsolated)
			return;
		(void)done(connection, "isolate_tenant",
				   "CALL tenant.isolate_tenant('events', '" + tenant_id(tenant++) + "')");
	});
}

void Administrator::change_settings() {
	int turn = 0;
	repeat("load_superuser", kSettings, [&](Connection &connection) {
		const std::string setting =
			++turn % 2 == 0 ? "trusted_operators = " + std::string(turn % 4 == 0 ? "builtin" : "off")
							: "cached_tenants = " + std::to_string(turn % 4 == 1 ? 64 : 300);
		(void)done(connection, "setting", "ALTER SYSTEM SET pg_tenant." + setting);
		(void)connection.run("SELECT pg_reload_conf()");
	});
}

// A few at a time.
void Administrator::open_and_close_breakers() {
	std::mt19937 random(2000);
	std::deque<int> open;
	const auto change = [&](Connection &connection, int tenant, bool is_served) {
		Watched &state = world_.is_served[tenant];
		const std::string step = is_served ? "close_breaker" : "open_breaker";
		state.begin_change();
		(void)done(connection, step, "SELECT tenant." + step + "('" + tenant_id(tenant) + "')");
		state.end_change(is_served);
	};
	repeat("load_owner", kBreakers, [&](Connection &connection) {
		if (static_cast<int>(open.size()) > std::max(1, world_.tenants() / 50)) {
			change(connection, open.front(), true);
			open.pop_front();
			return;
		}
		const int tenant = static_cast<int>(random() % static_cast<unsigned>(world_.tenants())) / 3;
		if (!world_.is_served[tenant].now().is(true))
			return;
		change(connection, tenant, false);
		open.push_back(tenant);
	});
}

} // namespace load
