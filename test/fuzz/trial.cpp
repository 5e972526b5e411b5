#include "trial.hpp"

#include <algorithm>
#include <cstdlib>

#include "node.hpp"

namespace fuzz {
namespace {

const std::vector<std::string> kTiers = {"builtin", "off", "nothing"};

const char *const kState =
	"SELECT md5(string_agg(l, ',' ORDER BY l)) FROM (SELECT t::text AS l FROM things t UNION ALL SELECT "
	"row(e.*)::text FROM events e "
	"UNION ALL SELECT n::text FROM notes n UNION ALL SELECT c::text FROM children c) s";

std::string commas(const std::vector<std::string> &words, const std::string &before,
				   const std::string &after) {
	std::string result;
	for (const std::string &word : words)
		result += (result.empty() ? "" : ", ") + before + word + after;
	return result.empty() ? "" : "(" + result + ")";
}

// Backwards, forwards again, or kept beyond its transaction: it has the same rows each time.
void fetch(Session &session, const std::string &way, const std::string &text, Answer *answer) {
	const bool is_held = way == "hold";
	const std::string scroll = way == "cursor" ? "" : way == "hold" ? "NO SCROLL " : "SCROLL ";
	session.run("BEGIN; DECLARE c " + scroll + "CURSOR " + (is_held ? "WITH HOLD " : "") + "FOR " + text,
				answer);
	if (is_held)
		session.run("COMMIT", answer);
	if (!answer->has_failed() && (way == "scroll" || way == "backward"))
		session.run(way == "scroll" ? "FETCH 3 FROM c; MOVE BACKWARD ALL FROM c" : "MOVE FORWARD ALL FROM c",
					answer);
	if (!answer->has_failed() && way == "cursor")
		session.run("FETCH 2 FROM c", answer);
	if (!answer->has_failed())
		session.run(way == "backward" ? "FETCH BACKWARD ALL FROM c" : "FETCH ALL FROM c", answer);
	session.run(is_held && !answer->has_failed() ? "CLOSE c" : "ROLLBACK");
}

void prepared(Session &session, const Trial &trial, const std::string &tenant, const std::string &neighbour,
			  Answer *answer) {
	std::vector<std::string> values;
	std::vector<std::string> types;
	const std::string text = with_parameters(trial.text, &values, &types);
	const bool is_protocol = trial.way == "prepared";
	const std::string execute = "EXECUTE q" + commas(values, "$zz$", "$zz$");
	session.run("DEALLOCATE ALL");
	if (is_protocol)
		session.prepare(text, answer);
	else
		session.run("PREPARE q" + commas(types, "", "") + " AS " + text, answer);
	if (answer->has_failed())
		return;
	if (trial.is_warm) {
		session.run("BEGIN; SET LOCAL app.include_deleted = on; SET LOCAL app.tenant_id = '" + neighbour +
					"'");
		is_protocol ? session.execute(values, nullptr) : session.run(execute);
		session.run("ROLLBACK; SET app.tenant_id = '" + tenant + "'");
	}
	if (trial.writes)
		session.run("BEGIN");
	is_protocol ? session.execute(values, answer) : session.run(execute, answer);
}

} // namespace

std::string canary_in(const Answer &answer) {
	std::string all = answer.heard;
	for (const std::string &row : answer.rows)
		all += row;
	for (const char *canary :
		 {"zq", "22222222-", "33333333-", "2147483647", "2147483648", "9223372036854775807"})
		if (all.find(canary) != std::string::npos)
			return canary;
	return "";
}

Databases::Databases() : tenant_(std::getenv("FUZZ_TENANT")), neighbour_(std::getenv("FUZZ_NEIGHBOUR")) {}

Session &Databases::session(const std::string &database, const std::string &role) {
	std::unique_ptr<Session> &found = sessions_[database + role];
	if (!found)
		found = std::make_unique<Session>("fuzz_" + database, "fuzz_" + role,
										  "-c app.tenant_id=" + tenant_ + " -c statement_timeout=10s");
	return *found;
}

static Answer answer_of(Session &session, const Trial &trial, const std::string &tenant,
						const std::string &neighbour) {
	Answer answer;
	const std::string text = with_literals(trial.text);
	const bool is_prepared = trial.way == "prepared" || trial.way == "execute";
	if (trial.writes && !is_prepared)
		session.run("BEGIN");
	if (is_prepared) {
		prepared(session, trial, tenant, neighbour, &answer);
	} else if (trial.way == "bound") {
		std::vector<std::string> values;
		std::vector<std::string> types;
		const std::string parameterised = with_parameters(trial.text, &values, &types);
		session.run(parameterised, values, &answer);
	} else if (trial.way == "inside") {
		session.run("SELECT * FROM run_inside($zz$" + text + "$zz$)", &answer);
	} else if (trial.way == "copy") {
		session.copy("COPY (" + text + ") TO STDOUT", &answer);
	} else if (trial.way == "simple") {
		session.run(text, &answer);
	} else {
		fetch(session, trial.way, text, &answer);
	}
	if (trial.writes) {
		if (!answer.has_failed()) {
			Answer state;
			session.run(kState, &state);
			answer.state = state.has_failed() ? state.sqlstate : state.rows.at(0);
			answer.heard += state.heard;
		}
		session.run("ROLLBACK");
	}
	if (!trial.is_ordered || trial.way == "backward")
		std::sort(answer.rows.begin(), answer.rows.end());
	return answer;
}

Verdict Databases::judge(const Trial &trial) {
	Verdict verdict;
	Trial alone = trial;
	alone.settings.clear();
	// What a function or COPY makes of rows is compared with what they make of them.
	if (trial.way != "inside" && trial.way != "copy")
		alone.way = "simple";
	verdict.answers["alone"] =
		answer_of(session("alone_" + trial.deleted, trial.role), alone, tenant_, neighbour_);
	for (const std::string &tier : kTiers) {
		Session &here = session(tier, trial.role);
		here.settle("SET app.include_deleted = " + trial.deleted + "; " + trial.settings);
		verdict.answers[tier] = answer_of(here, trial, tenant_, neighbour_);
	}
	compare(trial, &verdict);
	return verdict;
}

std::vector<std::string> Databases::miscounted() {
	sessions_.clear();
	std::vector<std::string> wrong;
	for (const std::string &tier : kTiers) {
		Answer answer;
		Session("fuzz_" + tier, "fuzz_superuser", "").run("SELECT miscounted()", &answer);
		// A place or a session that somebody has kept would be missing here.
		for (const std::string &tenant : {tenant_, neighbour_})
			Session("fuzz_" + tier, "fuzz_app", "-c app.tenant_id=" + tenant)
				.run("SELECT FROM things LIMIT 0", &answer);
		if (answer.has_failed())
			wrong.push_back(tier + ": " + answer.heard);
		for (const std::string &row : answer.rows)
			wrong.push_back(tier + ": " + row);
	}
	return wrong;
}

void Databases::compare(const Trial &trial, Verdict *verdict) {
	const Answer &alone = verdict->answers["alone"];
	std::vector<std::string> expected = alone.rows;
	if (trial.way == "backward")
		std::sort(expected.begin(), expected.end());
	for (const std::string &tier : kTiers) {
		const Answer &here = verdict->answers[tier];
		const std::string canary = canary_in(here);
		if (!canary.empty())
			verdict->difference += tier + " tells " + canary + "; ";
		if (here.sqlstate == "57014" || alone.sqlstate == "57014") {
			verdict->is_late = true;
			continue;
		}
		verdict->compared++;
		if (here.sqlstate != alone.sqlstate)
			verdict->difference += tier + " has another SQLSTATE; ";
		else if (!here.has_failed() && here.rows != expected)
			verdict->difference += tier + " has other rows; ";
		else if (here.state != alone.state)
			verdict->difference += tier + " left other rows; ";
	}
}

} // namespace fuzz
