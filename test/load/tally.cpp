#include "tally.hpp"

#include <algorithm>
#include <iostream>

namespace load {

constexpr std::size_t kTold = 20;

void Book::add(const std::string &kind, std::chrono::steady_clock::duration time) {
	const double milliseconds = std::chrono::duration<double, std::milli>(time).count();
	write([&](Tally &tally) {
		Tally::Kind &counted = tally.kinds[kind];
		counted.requests++;
		counted.milliseconds += milliseconds;
		counted.slowest = std::max(counted.slowest, milliseconds);
	});
}

void Book::fail(const std::string &what) {
	write([&](Tally &tally) {
		tally.failed++;
		if (tally.failures.size() < kTold) {
			tally.failures.push_back(what);
			std::cerr << "FAILED " << what << std::endl;
		}
	});
}

Tally Book::tally() const {
	const std::lock_guard<std::mutex> lock(mutex_);
	return tally_;
}

} // namespace load
