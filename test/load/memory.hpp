// How much memory the server's backends have of their own.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "connection.hpp"

namespace load {

class Memory {
  public:
	explicit Memory(const std::string &server);
	void sample();
	long backends() const { return backends_; } // now
	long kilobytes() const { return kilobytes_; }
	long shared_bytes();

	// Of backends that were there in both halves of what came after the warm-up: how much more each had on
	// average in the last fifth of the samples than between two and three fifths of them.
	struct Growth {
		long backends = 0;
		double before = 0; // kilobytes each
		double after = 0;
		double biggest = 0; // growth of one
	};
	Growth growth() const;

  private:
	Connection connection_;
	std::vector<std::map<std::string, long>> samples_; // by process
	long backends_ = 0;
	long kilobytes_ = 0;
};

} // namespace load
