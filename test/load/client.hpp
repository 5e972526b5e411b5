// A client of the pool: transactions and sessions for one tenant after another, each answer judged.
#pragma once

#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "connection.hpp"
#include "statement.hpp"
#include "tally.hpp"
#include "world.hpp"

namespace load {

class Client {
  public:
	struct Place {
		std::string parameters; // of the connection
		bool is_session;        // whether the server connection is the client's until it goes
	};

	Client(World &world, Book &book, Place place, unsigned number);
	void work();

  private:
	struct Refused {}; // an error; the request is over
	struct Request {
		const char *name;
		int weight;
		bool may_write;
		bool needs_session;
		void (Client::*run)();
	};

	static const std::vector<Request> &requests();

	// client.cpp
	void connect();
	void one_transaction();
	void one_session();
	void serve(const Request &request);
	const Request &choose(bool may_write);
	int choose_tenant();
	int other_tenant();
	int below(int limit) { return static_cast<int>(random_() % static_cast<unsigned>(limit)); }
	std::string own() const { return tenant_id(tenant_); }
	void become(int tenant, bool is_local);
	void end(bool commits);
	Answer ask(const Statement &statement);
	Answer sent(const Statement &statement);
	std::string judged(const Statement &statement, const Answer &answer, const Throughout &active,
					   bool may_see_all, bool is_surely_confined);
	std::string judged_limits(const Statement &statement, const Answer &answer,
							  const Throughout &served) const;
	std::string judged_rows(const Statement &statement, const Answer &answer, bool may_see_all);
	void fail(const std::string &sql, const std::string &what);
	// What concerns no tenant: must be done.
	Answer command(const std::string &sql);

	// reads.cpp
	void point();
	void page();
	void join();
	void aggregate();
	void like();
	void antijoin();
	void window();
	void leaky();
	void function();
	void latest();
	void shared();
	void side();
	void copy_out();
	void cursor();
	void kept();
	void memory();
	// writes.cpp
	void price();
	void kept_price();
	void increment();
	void order();
	void cancel();
	void upsert();
	void copy_in();
	// switches.cpp
	[[noreturn]] void must_fail(const std::string &sqlstate);
	void nobody();
	void unknown();
	void foreign_row();
	void foreign_update();
	void moved_row();
	void foreign_copy();
	void truncate();
	void other_fetch();
	void savepoint();
	void query_as();
	void sealed();
	void held();
	void failure();

	World &world_;
	Book &book_;
	Place place_;
	unsigned number_;
	std::mt19937 random_;
	std::unique_ptr<Connection> connection_;
	std::map<std::string, std::string> prepared_; // names by statement
	int tenant_ = 0;
	int known_ = 1;       // tenants to choose from
	long written_ = 0;    // ids that the client has used
	long increments_ = 0; // not committed yet
	long events_ = 0;
	long deletions_ = 0;
};

} // namespace load
