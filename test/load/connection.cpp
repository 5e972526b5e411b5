#include "connection.hpp"

#include <stdexcept>

namespace load {

static std::vector<const char *> pointers(const std::vector<std::string> &values) {
	std::vector<const char *> result;
	result.reserve(values.size());
	for (const std::string &value : values)
		result.push_back(value.c_str());
	return result;
}

Connection::Connection(const std::string &parameters)
	: connection_(PQconnectdb(parameters.c_str()), PQfinish) {
	if (PQstatus(connection_.get()) != CONNECTION_OK)
		throw std::runtime_error(PQerrorMessage(connection_.get()));
	PQsetNoticeProcessor(
		connection_.get(), [](void *, const char *) {}, nullptr);
}

Answer Connection::answer(PGresult *result) {
	const std::unique_ptr<PGresult, void (*)(PGresult *)> owned(result, PQclear);
	Answer answer;
	const ExecStatusType status = PQresultStatus(result);
	if (result == nullptr || status == PGRES_FATAL_ERROR) {
		const char *code = result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_SQLSTATE);
		answer.sqlstate = code == nullptr ? "lost" : code;
		for (const int field :
			 {PG_DIAG_MESSAGE_PRIMARY, PG_DIAG_MESSAGE_DETAIL, PG_DIAG_MESSAGE_HINT, PG_DIAG_CONTEXT})
			if (const char *text = result == nullptr ? nullptr : PQresultErrorField(result, field))
				answer.message += std::string(text) + "; ";
		if (code == nullptr)
			answer.message += PQerrorMessage(connection_.get());
		return answer;
	}
	for (int row = 0; row < PQntuples(result); ++row) {
		std::string text;
		for (int column = 0; column < PQnfields(result); ++column)
			text += std::string(column == 0 ? "" : "|") + PQgetvalue(result, row, column);
		answer.rows.push_back(text);
	}
	return answer;
}

// Until the server is ready again; an error after the first result counts.
Answer Connection::rest(Answer first) {
	while (PGresult *result = PQgetResult(connection_.get())) {
		Answer next = answer(result);
		if (first.is_done() && !next.is_done())
			first = next;
	}
	return first;
}

Answer Connection::run(const std::string &sql) { return answer(PQexec(connection_.get(), sql.c_str())); }

Answer Connection::run(const std::string &sql, const std::vector<std::string> &values) {
	return answer(PQexecParams(connection_.get(), sql.c_str(), static_cast<int>(values.size()), nullptr,
							   pointers(values).data(), nullptr, nullptr, 0));
}

Answer Connection::prepare(const std::string &name, const std::string &sql) {
	return answer(PQprepare(connection_.get(), name.c_str(), sql.c_str(), 0, nullptr));
}

Answer Connection::execute(const std::string &name, const std::vector<std::string> &values) {
	return answer(PQexecPrepared(connection_.get(), name.c_str(), static_cast<int>(values.size()),
								 pointers(values).data(), nullptr, nullptr, 0));
}

Answer Connection::copy_out(const std::string &sql) {
	PGresult *result = PQexec(connection_.get(), sql.c_str());
	if (PQresultStatus(result) != PGRES_COPY_OUT)
		return answer(result);
	PQclear(result);
	Answer lines;
	char *line = nullptr;
	int length = 0;
	while ((length = PQgetCopyData(connection_.get(), &line, 0)) > 0) {
		lines.rows.emplace_back(line, static_cast<std::size_t>(length));
		PQfreemem(line);
	}
	return rest(lines);
}

Answer Connection::copy_in(const std::string &sql, const std::string &data) {
	PGresult *result = PQexec(connection_.get(), sql.c_str());
	if (PQresultStatus(result) != PGRES_COPY_IN)
		return answer(result);
	PQclear(result);
	// What goes wrong here is told by the results.
	(void)PQputCopyData(connection_.get(), data.data(), static_cast<int>(data.size()));
	(void)PQputCopyEnd(connection_.get(), nullptr);
	return rest({});
}

} // namespace load
