// What changes while clients work: the states of tenants, the protection of side tables, tenants, partitions,
// settings.
#pragma once

#include <random>
#include <string>

#include "connection.hpp"
#include "tally.hpp"
#include "world.hpp"

namespace load {

class Administrator {
  public:
	struct Pace {
		std::chrono::seconds duration; // of the whole run
		int spare;                     // tenants to be provisioned in it
	};

	Administrator(World &world, Book &book, std::string server, Pace pace);

	// Each until the run is over, in a thread of its own.
	void suspend_and_resume(int share, int shares);
	void unprotect_and_protect();
	void provision();
	void isolate();
	void change_settings();
	void open_and_close_breakers();

  private:
	template <typename Step> void repeat(const char *user, std::chrono::milliseconds pause, Step step);
	bool done(Connection &connection, const std::string &what, const std::string &sql);
	void pause(std::chrono::milliseconds time) const;

	World &world_;
	Book &book_;
	std::string server_;
	Pace pace_;
};

} // namespace load
