// What has been done, refused and found wrong, by all threads.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace load {

struct Tally {
	struct Kind {
		long requests = 0;
		double milliseconds = 0;
		double slowest = 0;
	};

	long statements = 0;
	long rows = 0;
	long own_ids = 0; // found in rows
	long failed = 0;
	long commits = 0;
	long rollbacks = 0;
	long connections = 0;
	long increments = 0;  // committed
	long events = 0;      // rows committed
	long deletions = 0;   // of orders, committed
	long cache_bytes = 0; // of pg_tenant in one backend, at most
	std::map<std::string, Kind> kinds;
	std::map<std::string, long> refused; // as it has to be, by SQLSTATE
	std::map<std::string, long> changes; // by administrators
	std::vector<std::string> failures;   // the first of them
};

struct Check {
	std::string what;
	bool is_right;
	std::string found;
};

class Book {
  public:
	void add(const std::string &kind, std::chrono::steady_clock::duration time);
	void fail(const std::string &what);
	Tally tally() const;
	template <typename Change> void write(Change change) {
		const std::lock_guard<std::mutex> lock(mutex_);
		change(tally_);
	}

  private:
	mutable std::mutex mutex_;
	Tally tally_;
};

} // namespace load
