#include "client.hpp"

#include <algorithm>
#include <numeric>
#include <stdexcept>

#include "limits.hpp"

namespace load {

constexpr int kUnitsPerConnection = 40;

Client::Client(World &world, Book &book, Place place, unsigned number)
	: world_(world), book_(book), place_(std::move(place)), number_(number), random_(number) {}

bool Statement::names(const std::string &id) const {
	const auto holds = [&](const std::string &text) { return text.find(id) != std::string::npos; };
	return holds(data) || std::any_of(values.begin(), values.end(), holds);
}

void Client::connect() {
	connection_.reset(); // before the next, which may need its server connection
	connection_ = std::make_unique<Connection>(place_.parameters);
	prepared_.clear();
	book_.write([](Tally &tally) { tally.connections++; });
}

void Client::work() {
	try {
		while (!world_.is_over) {
			connect();
			for (int unit = 0; unit < kUnitsPerConnection && !world_.is_over; ++unit)
				place_.is_session &&below(4) > 0 ? one_session() : one_transaction();
		}
	} catch (const std::exception &error) {
		book_.fail("client " + std::to_string(number_) + ": " + error.what());
	}
	connection_.reset();
}

// A few tenants have most of the work.
int Client::choose_tenant() {
	const double place = std::generate_canonical<double, 32>(random_);
	return static_cast<int>(place * place * known_);
}

int Client::other_tenant() {
	const int other = choose_tenant();
	return other == tenant_ ? (other + 1) % known_ : other;
}

void Client::one_transaction() {
	known_ = world_.tenants();             // rows of later ones are not in an old snapshot
	const bool only_reads = below(4) == 0; // a write there may fail for that of another client
	try {
		(void)command(only_reads ? "BEGIN ISOLATION LEVEL REPEATABLE READ" : "BEGIN");
		become(choose_tenant(), true);
		for (int left = 1 + below(4); left > 0; --left)
			serve(
				choose(left == 1 && !only_reads)); // a write comes last: two rows could be locked in a circle
		end(below(10) > 0);
	} catch (const Refused &) {
		end(false);
	}
}

void Client::one_session() {
	known_ = world_.tenants();
	tenant_ = choose_tenant();
	for (int left = 1 + below(6); left > 0; --left) {
		try {
			if (left % 3 == 0)
				tenant_ = choose_tenant();
			become(tenant_, false);
			serve(choose(true));
			end(true);
		} catch (const Refused &) {
			end(false);
		}
	}
}

// What was done outside of a transaction is committed.
void Client::end(bool commits) {
	const bool is_open = connection_->is_in_transaction();
	if (is_open)
		(void)command(commits ? "COMMIT" : "ROLLBACK");
	book_.write([&](Tally &tally) {
		(commits ? tally.commits : tally.rollbacks)++;
		if (commits || !is_open) {
			tally.increments += increments_;
			tally.events += events_;
			tally.deletions += deletions_;
		}
	});
	increments_ = 0;
	events_ = 0;
	deletions_ = 0;
}

const Client::Request &Client::choose(bool may_write) {
	const std::vector<Request> &all = requests();
	const auto weight = [&](const Request &request) {
		const bool fits = (may_write || !request.may_write) && (place_.is_session || !request.needs_session);
		return fits ? request.weight : 0;
	};
	int left = below(std::accumulate(all.begin(), all.end(), 0,
									 [&](int sum, const Request &request) { return sum + weight(request); }));
	return *std::find_if(all.begin(), all.end(), [&](const Request &request) {
		left -= weight(request);
		return left < 0;
	});
}

void Client::serve(const Request &request) {
	const auto start = std::chrono::steady_clock::now();
	const auto count = [&] { book_.add(request.name, std::chrono::steady_clock::now() - start); };
	try {
		(this->*request.run)();
	} catch (const Refused &) {
		count();
		throw;
	}
	count();
}

void Client::become(int tenant, bool is_local) {
	tenant_ = tenant;
	const std::string scope = is_local ? "true" : "false";
	Statement statement;
	statement.is_of_others = true;
	switch (below(3)) {
	case 0:
		statement.sql = "SELECT tenant.set($1, " + scope + ")";
		statement.values = {own()};
		(void)ask(statement);
		break;
	case 1:
		statement.sql = "SELECT set_config('app.tenant_id', '" + own() + "', " + scope + ")";
		statement.asks_registry = false;
		(void)ask(statement);
		break;
	default:
		(void)command(std::string("SET ") + (is_local ? "LOCAL" : "SESSION") + " app.tenant_id = '" + own() +
					  "'");
	}
}

void Client::fail(const std::string &sql, const std::string &what) {
	book_.fail("client " + std::to_string(number_) + " for " + own() + ": " + sql + "\n\t" + what);
}

Answer Client::command(const std::string &sql) {
	Answer answer = connection_->run(sql);
	book_.write([](Tally &tally) { tally.statements++; });
	if (answer.is_done())
		return answer;
	fail(sql, answer.sqlstate + " " + answer.message);
	if (answer.sqlstate == "lost")
		throw std::runtime_error("connection lost");
	throw Refused();
}

Answer Client::sent(const Statement &statement) {
	switch (statement.way) {
	case Way::kSimple:
		return connection_->run(statement.sql);
	case Way::kCopyOut:
		return connection_->copy_out(statement.sql);
	case Way::kCopyIn:
		return connection_->copy_in(statement.sql, statement.data);
	case Way::kPrepared: {
		const auto [found, is_new] = prepared_.emplace(statement.sql, "p" + std::to_string(prepared_.size()));
		const Answer prepared = is_new ? connection_->prepare(found->second, statement.sql) : Answer();
		if (prepared.is_done())
			return connection_->execute(found->second, statement.values);
		prepared_.erase(found);
		return prepared;
	}
	default:
		return connection_->run(statement.sql, statement.values);
	}
}

Answer Client::ask(const Statement &statement) {
	const Throughout active(world_.is_active[tenant_]);
	const Throughout served(world_.is_served[tenant_]);
	const Throughout is_protected(world_.is_protected[std::max(statement.side, 0)]);
	Answer answer = sent(statement);
	const bool is_surely_confined = statement.side < 0 || is_protected.was(true);
	std::string wrong = judged_limits(statement, answer, served);
	if (wrong.empty() && !is_refused_by_limits(answer.sqlstate))
		wrong = judged(statement, answer, active, !is_surely_confined, is_surely_confined);
	book_.write([&](Tally &tally) {
		tally.statements++;
		tally.rows += static_cast<long>(answer.rows.size());
		if (!answer.is_done() && wrong.empty())
			tally.refused[answer.sqlstate]++;
	});
	if (!wrong.empty())
		fail(statement.sql, wrong);
	if (answer.sqlstate == "lost")
		throw std::runtime_error("connection lost");
	if (!answer.is_done() || !wrong.empty())
		throw Refused();
	return answer;
}

// What is wrong with an answer, or nothing.
std::string Client::judged(const Statement &statement, const Answer &answer, const Throughout &active,
						   bool may_see_all, bool is_surely_confined) {
	int own_ids = 0;
	const std::string stranger = stranger_in(answer.message, own(), &own_ids);
	if (!stranger.empty() && !statement.names(stranger))
		return "an error names " + stranger + ": " + answer.message;
	if (answer.sqlstate == "TN003")
		return active.was(true) ? "an active tenant is refused: " + answer.message : "";
	if (statement.asks_registry && is_surely_confined && active.was(false))
		return answer.is_done() ? "a suspended tenant is served"
								: "a suspended tenant gets " + answer.sqlstate + " " + answer.message;
	if (answer.sqlstate != statement.refused)
		return answer.is_done() ? "not refused with " + statement.refused
								: answer.sqlstate + " " + answer.message;
	return answer.is_done() ? judged_rows(statement, answer, may_see_all) : "";
}

std::string Client::judged_limits(const Statement &statement, const Answer &answer,
								  const Throughout &served) const {
	if (statement.is_of_others)
		return "";
	if (answer.is_done() && served.was(false))
		return "served while its breaker is open";
	int own_ids = 0;
	if (is_refused_by_limits(answer.sqlstate) &&
		(!stranger_in(answer.message, own(), &own_ids).empty() ||
		 (!has_limit(tenant_, answer.sqlstate) && (answer.sqlstate != "TN008" || served.was(true)))))
		return "refused without a reason: " + answer.sqlstate + " " + answer.message;
	return "";
}

std::string Client::judged_rows(const Statement &statement, const Answer &answer, bool may_see_all) {
	if (!statement.exactly.empty() && answer.rows != statement.exactly)
		return "other rows: " + (answer.rows.empty() ? "none" : answer.rows.front());
	if (may_see_all)
		return static_cast<int>(answer.rows.size()) < statement.rows ? "rows are missing" : "";
	if (statement.rows >= 0 && static_cast<int>(answer.rows.size()) != statement.rows)
		return std::to_string(answer.rows.size()) + " rows in place of " + std::to_string(statement.rows);
	int own_ids = 0;
	for (const std::string &row : answer.rows) {
		const int before = own_ids;
		const std::string stranger = stranger_in(row, own(), &own_ids);
		if (!stranger.empty())
			return "a row of " + stranger + ": " + row;
		if (statement.has_ids && own_ids == before)
			return "a row of nobody: " + row;
	}
	book_.write([own_ids](Tally &tally) { tally.own_ids += own_ids; });
	return "";
}

} // namespace load
