#include "clock.hpp"

#include <array>
#include <sstream>
#include <stdexcept>
#include <utility>

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

namespace bench {

CpuClock::CpuClock(int pid) {
	const std::string folder = "/proc/" + std::to_string(pid) + "/";
	file_ = open((folder + "schedstat").c_str(), O_RDONLY | O_CLOEXEC);
	is_precise_ = file_ >= 0;
	// In ticks of 10 ms: good enough for long bursts only.
	if (!is_precise_)
		file_ = open((folder + "stat").c_str(), O_RDONLY | O_CLOEXEC);
	if (file_ < 0)
		throw std::runtime_error("the CPU time of a backend cannot be read below /proc");
}

CpuClock::CpuClock(CpuClock &&other) noexcept
	: file_(std::exchange(other.file_, -1)), is_precise_(other.is_precise_) {}

CpuClock::~CpuClock() {
	if (file_ >= 0)
		close(file_);
}

std::string CpuClock::read() const {
	std::array<char, 1024> buffer{};
	const ssize_t length = pread(file_, buffer.data(), buffer.size(), 0);
	if (length <= 0)
		throw std::runtime_error("a backend that is measured has gone");
	return {buffer.data(), static_cast<std::size_t>(length)};
}

double CpuClock::microseconds() const {
	// A backend that has answered still has to fall asleep on its socket.
	usleep(200);
	const std::string text = read();
	if (is_precise_)
		return std::stod(text) / 1e3;
	std::istringstream fields(text.substr(text.rfind(')') + 2));
	std::string skipped;
	for (int i = 0; i < 11; i++)
		fields >> skipped;
	double user = 0;
	double system = 0;
	fields >> user >> system;
	return (user + system) * 1e6 / static_cast<double>(sysconf(_SC_CLK_TCK));
}

void pin(int pid) {
	const long processors = sysconf(_SC_NPROCESSORS_ONLN);
	if (processors < 2)
		return;
	cpu_set_t set;
	CPU_ZERO(&set);
	CPU_SET(processors - 1, &set);
	// Not allowed everywhere; then there is more noise, which the column that measures it shows.
	sched_setaffinity(pid, sizeof(set), &set);
}

} // namespace bench
