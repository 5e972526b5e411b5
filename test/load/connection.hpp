// libpq with an owner; what the server answers, an error or rows, is a value.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <libpq-fe.h>

namespace load {

struct Answer {
	std::vector<std::string> rows; // the columns of each with | between them, or a line of COPY
	std::string sqlstate;          // empty: it was done
	std::string message;           // with detail, hint and context

	bool is_done() const { return sqlstate.empty(); }
};

class Connection {
  public:
	explicit Connection(const std::string &parameters);
	Answer run(const std::string &sql);
	Answer run(const std::string &sql, const std::vector<std::string> &values);
	Answer prepare(const std::string &name, const std::string &sql);
	Answer execute(const std::string &name, const std::vector<std::string> &values);
	Answer copy_out(const std::string &sql);
	Answer copy_in(const std::string &sql, const std::string &data);
	bool is_in_transaction() const { return PQtransactionStatus(connection_.get()) != PQTRANS_IDLE; }

  private:
	Answer answer(PGresult *result);
	Answer rest(Answer first);

	std::unique_ptr<PGconn, void (*)(PGconn *)> connection_;
};

} // namespace load
