// A session of one role in one database, which comes back should the server have lost it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <libpq-fe.h>

namespace fuzz {

struct Answer {
	std::vector<std::string> rows;
	std::string sqlstate; // of the first error
	std::string heard;    // errors and notices with all that they say
	std::string state;    // of the tables, after a change

	void add(PGresult *result);
	bool has_failed() const { return !sqlstate.empty(); }
};

class Session {
  public:
	// options as in PGOPTIONS
	Session(const std::string &database, const std::string &role, const std::string &options);
	void run(const std::string &sql, Answer *answer);
	void run(const std::string &sql, const std::vector<std::string> &values, Answer *answer);
	void copy(const std::string &sql, Answer *answer);
	void prepare(const std::string &sql, Answer *answer);
	void execute(const std::vector<std::string> &values, Answer *answer);
	// Whatever comes of it.
	void run(const std::string &sql);
	// What `RESET ALL` and these commands leave; nothing is done if they were the last ones.
	void settle(const std::string &settings);

  private:
	void connect();
	void take(PGresult *result, Answer *answer);
	static void hear(void *session, const PGresult *notice);

	std::string parameters_;
	std::string settings_;
	Answer *listening_ = nullptr;
	std::unique_ptr<PGconn, void (*)(PGconn *)> connection_;
};

} // namespace fuzz
