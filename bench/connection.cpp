#include "connection.hpp"

#include <stdexcept>

namespace bench {

Value Result::value(int row, int column) const {
	if (PQgetisnull(result_.get(), row, column) != 0)
		return std::nullopt;
	return std::string(PQgetvalue(result_.get(), row, column), PQgetlength(result_.get(), row, column));
}

std::string Result::scalar() const {
	if (rows() == 0)
		throw std::runtime_error("a query that must give a row gave none");
	return value(0, 0).value_or("");
}

Connection::Connection(const std::string &parameters)
	: connection_(PQconnectdb(parameters.c_str()), PQfinish) {
	if (PQstatus(connection_.get()) != CONNECTION_OK)
		throw std::runtime_error(PQerrorMessage(connection_.get()));
	PQsetNoticeProcessor(
		connection_.get(), [](void *, const char *) {}, nullptr);
}

Result Connection::checked(PGresult *result, std::string_view what) {
	Result owned(result);
	switch (owned.status()) {
	case PGRES_COMMAND_OK:
	case PGRES_TUPLES_OK:
	case PGRES_COPY_IN:
		return owned;
	default:
		throw std::runtime_error(PQerrorMessage(connection_.get()) + std::string(what));
	}
}

Result Connection::run(const std::string &sql) {
	return checked(PQexec(connection_.get(), sql.c_str()), sql);
}

void Connection::prepare(const std::string &name, const std::string &sql, const std::vector<Oid> &types) {
	checked(
		PQprepare(connection_.get(), name.c_str(), sql.c_str(), static_cast<int>(types.size()), types.data()),
		sql);
}

Result Connection::execute(const std::string &name, const Row &values) {
	std::vector<const char *> texts;
	texts.reserve(values.size());
	for (const Value &value : values)
		texts.push_back(value ? value->c_str() : nullptr);
	return checked(PQexecPrepared(connection_.get(), name.c_str(), static_cast<int>(texts.size()),
								  texts.data(), nullptr, nullptr, 0),
				   name);
}

void Connection::copy_in(const std::string &sql, std::string_view data) {
	if (run(sql).status() != PGRES_COPY_IN)
		throw std::runtime_error("no COPY FROM STDIN: " + sql);
	if (PQputCopyData(connection_.get(), data.data(), static_cast<int>(data.size())) != 1 ||
		PQputCopyEnd(connection_.get(), nullptr) != 1)
		throw std::runtime_error(PQerrorMessage(connection_.get()));
	while (PGresult *result = PQgetResult(connection_.get()))
		checked(result, sql);
}

std::string literal(std::string_view text) {
	std::string result = "'";
	for (const char c : text) {
		if (c == '\'')
			result += c;
		result += c;
	}
	return result + "'";
}

} // namespace bench
