// Choices that a seed decides.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <random>
#include <string>
#include <vector>

namespace fuzz {

class Random {
  public:
	explicit Random(std::uint64_t seed) : engine_(seed) {}
	int below(int limit) { return static_cast<int>(engine_() % static_cast<std::uint64_t>(limit)); }
	bool chance(int percent) { return below(100) < percent; }
	std::uint64_t next() { return engine_(); }
	template <typename T> const T &of(const std::vector<T> &choices) {
		return choices[static_cast<std::size_t>(below(static_cast<int>(choices.size())))];
	}
	std::string of(std::initializer_list<const char *> choices) {
		return *(choices.begin() + below(static_cast<int>(choices.size())));
	}
	std::string number(int limit) { return std::to_string(below(limit)); }

  private:
	std::mt19937_64 engine_;
};

} // namespace fuzz
