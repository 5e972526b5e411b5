#include "session.hpp"

#include <stdexcept>

namespace fuzz {

static std::string field(const PGresult *result, int which) {
	const char *value = PQresultErrorField(result, which);
	return value == nullptr ? "" : std::string(value) + "; ";
}

static std::string told(const PGresult *result) {
	return field(result, PG_DIAG_MESSAGE_PRIMARY) + field(result, PG_DIAG_MESSAGE_DETAIL) +
		   field(result, PG_DIAG_MESSAGE_HINT) + field(result, PG_DIAG_CONTEXT);
}

void Answer::add(PGresult *result) {
	const ExecStatusType status = PQresultStatus(result);
	if (status == PGRES_FATAL_ERROR || result == nullptr) {
		const char *code = result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_SQLSTATE);
		if (sqlstate.empty())
			sqlstate = code == nullptr ? "lost" : code;
		heard += told(result);
		return;
	}
	for (int row = 0; row < PQntuples(result); ++row) {
		std::string text;
		for (int column = 0; column < PQnfields(result); ++column)
			text += PQgetisnull(result, row, column) ? "null|"
													 : std::string(PQgetvalue(result, row, column)) + "|";
		rows.push_back(text);
	}
	// How many rows a change without RETURNING has met.
	const std::string command = PQcmdStatus(result);
	for (const char *change : {"INSERT", "UPDATE", "DELETE", "MERGE"})
		if (PQnfields(result) == 0 && command.compare(0, 5, change, 5) == 0)
			rows.push_back("# " + command);
}

Session::Session(const std::string &database, const std::string &role, const std::string &options)
	: parameters_("dbname=" + database + " user=" + role + " options='" + options + "'"),
	  connection_(nullptr, PQfinish) {
	connect();
}

void Session::connect() {
	for (int attempt = 0; attempt < 200; ++attempt) {
		connection_.reset(PQconnectdb(parameters_.c_str()));
		settings_.clear();
		if (PQstatus(connection_.get()) == CONNECTION_OK) {
			PQsetNoticeReceiver(connection_.get(), hear, this);
			return;
		}
		PGresult *result = PQexec(connection_.get(), ""); // the server may be coming up
		PQclear(result);
	}
	throw std::runtime_error(PQerrorMessage(connection_.get()));
}

void Session::hear(void *session, const PGresult *notice) {
	auto *self = static_cast<Session *>(session);
	if (self->listening_ != nullptr)
		self->listening_->heard += told(notice);
}

void Session::take(PGresult *result, Answer *answer) {
	listening_ = nullptr;
	if (answer != nullptr)
		answer->add(result);
	PQclear(result);
	if (PQstatus(connection_.get()) != CONNECTION_OK) {
		if (answer != nullptr)
			answer->sqlstate = "lost";
		connect();
	}
}

void Session::run(const std::string &sql, Answer *answer) {
	listening_ = answer;
	take(PQexec(connection_.get(), sql.c_str()), answer);
}

void Session::run(const std::string &sql) { run(sql, nullptr); }

static std::vector<const char *> pointers(const std::vector<std::string> &values) {
	std::vector<const char *> result;
	for (const std::string &value : values)
		result.push_back(value.c_str());
	return result;
}

void Session::run(const std::string &sql, const std::vector<std::string> &values, Answer *answer) {
	listening_ = answer;
	take(PQexecParams(connection_.get(), sql.c_str(), static_cast<int>(values.size()), nullptr,
					  pointers(values).data(), nullptr, nullptr, 0),
		 answer);
}

void Session::prepare(const std::string &sql, Answer *answer) {
	listening_ = answer;
	take(PQprepare(connection_.get(), "q", sql.c_str(), 0, nullptr), answer);
}

void Session::execute(const std::vector<std::string> &values, Answer *answer) {
	listening_ = answer;
	take(PQexecPrepared(connection_.get(), "q", static_cast<int>(values.size()), pointers(values).data(),
						nullptr, nullptr, 0),
		 answer);
}

void Session::copy(const std::string &sql, Answer *answer) {
	listening_ = answer;
	PGresult *result = PQexec(connection_.get(), sql.c_str());
	if (PQresultStatus(result) != PGRES_COPY_OUT) {
		take(result, answer);
		return;
	}
	PQclear(result);
	char *line = nullptr;
	int length = 0;
	while ((length = PQgetCopyData(connection_.get(), &line, 0)) > 0) {
		answer->rows.emplace_back(line, static_cast<std::size_t>(length));
		PQfreemem(line);
	}
	Answer end;
	while ((result = PQgetResult(connection_.get())) != nullptr)
		take(result, &end);
	answer->heard += end.heard;
	answer->sqlstate = end.sqlstate;
}

void Session::settle(const std::string &settings) {
	if (settings_ == settings && !settings.empty())
		return;
	run("RESET ALL; " + settings);
	settings_ = settings;
}

} // namespace fuzz
