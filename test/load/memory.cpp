#include "memory.hpp"

#include <algorithm>
#include <fstream>
#include <limits>

namespace load {

static long private_kilobytes(const std::string &process) {
	std::ifstream status("/proc/" + process + "/status");
	std::string word;
	long value = 0;
	while (status >> word) {
		if (word == "RssAnon:" && status >> value)
			return value;
		status.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
	}
	return 0;
}

Memory::Memory(const std::string &server) : connection_(server + " user=postgres") {}

void Memory::sample() {
	const Answer answer =
		connection_.run("SELECT pid FROM pg_stat_activity WHERE usename IN ('load_app', 'load_owner', "
						"'load_superuser') AND backend_type = 'client backend'");
	std::map<std::string, long> sample;
	kilobytes_ = 0;
	for (const std::string &process : answer.rows) {
		const long value = private_kilobytes(process);
		if (value > 0)
			sample[process] = value;
		kilobytes_ += value;
	}
	backends_ = static_cast<long>(sample.size());
	samples_.push_back(std::move(sample));
}

long Memory::shared_bytes() {
	const Answer answer = connection_.run("SELECT sum(allocated_size) FROM pg_shmem_allocations");
	return answer.rows.empty() ? -1 : std::stol(answer.rows[0]);
}

static double mean(const std::vector<std::map<std::string, long>> &samples, std::size_t from, std::size_t to,
				   const std::string &process) {
	double sum = 0;
	int count = 0;
	for (std::size_t index = from; index < to; ++index) {
		const auto found = samples[index].find(process);
		if (found == samples[index].end())
			return 0;
		sum += static_cast<double>(found->second);
		++count;
	}
	return count == 0 ? 0 : sum / count;
}

Memory::Growth Memory::growth() const {
	Growth growth;
	const std::size_t fifth = samples_.size() / 5;
	if (fifth == 0)
		return growth;
	for (const auto &[process, unused] : samples_.back()) {
		const double before = mean(samples_, 2 * fifth, 3 * fifth, process);
		const double after = mean(samples_, samples_.size() - fifth, samples_.size(), process);
		if (before == 0 || after == 0)
			continue;
		growth.backends++;
		growth.before += before;
		growth.after += after;
		growth.biggest = std::max(growth.biggest, after - before);
	}
	if (growth.backends > 0) {
		growth.before /= static_cast<double>(growth.backends);
		growth.after /= static_cast<double>(growth.backends);
	}
	return growth;
}

} // namespace load
