// CPU time of another process: on a machine that others use too it says more than the time of day.
#pragma once

#include <string>

namespace bench {

class CpuClock {
  public:
	explicit CpuClock(int pid);
	CpuClock(const CpuClock &) = delete;
	CpuClock &operator=(const CpuClock &) = delete;
	CpuClock(CpuClock &&other) noexcept;
	CpuClock &operator=(CpuClock &&) = delete;
	~CpuClock();
	// What the process has used, once it has come to rest.
	double microseconds() const;

  private:
	std::string read() const;

	int file_;
	bool is_precise_;
};

// Holds a process on one processor, if there is more than one, so that bursts in turn meet the same caches.
void pin(int pid);

} // namespace bench
