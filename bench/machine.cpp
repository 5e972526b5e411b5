#include "machine.hpp"

#include <cmath>
#include <ctime>
#include <fstream>

#include <nlohmann/json.hpp>
#include <unistd.h>

#include "connection.hpp"

namespace bench {

namespace {

// The value of the first line of the file that begins with the key.
std::string value_in(const std::string &file, const std::string &key, char separator) {
	std::ifstream lines(file);
	for (std::string line; std::getline(lines, line);) {
		const std::size_t at = line.find(separator);
		if (line.rfind(key, 0) == 0 && at != std::string::npos) {
			const std::size_t begin = line.find_first_not_of(" \t\"", at + 1);
			const std::size_t end = line.find_last_not_of(" \t\"");
			return begin == std::string::npos ? "" : line.substr(begin, end - begin + 1);
		}
	}
	return "unknown";
}

} // namespace

nlohmann::json machine(const std::string &server) {
	Connection connection("host=" + server + " dbname=postgres user=postgres");
	const std::time_t now = std::time(nullptr);
	std::string date(10, '\0');
	std::strftime(date.data(), date.size() + 1, "%Y-%m-%d", std::gmtime(&now));
	const double bytes =
		static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
	return {{"date", date},
			{"processor", value_in("/proc/cpuinfo", "model name", ':')},
			{"processors", sysconf(_SC_NPROCESSORS_ONLN)},
			{"gigabytes", std::round(bytes / 1e9)},
			{"system", value_in("/etc/os-release", "PRETTY_NAME=", '=')},
			{"postgresql", connection.run("SHOW server_version").scalar()}};
}

} // namespace bench
