// What is known of tenants and tables from outside the server: who is active since when, so that an answer
// can be judged by what was true while its statement ran.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <string>

namespace load {

// A state that one thread changes and the others look at: what it is, and how often it has changed. While the
// server is about to change it is `uncertain`.
class Watched {
  public:
	struct State {
		std::uint32_t value;
		bool is(bool wanted) const { return (value & 3) == (wanted ? 1U : 0U); }
		bool operator==(const State &other) const { return value == other.value; }
	};

	State now() const { return {state_.load()}; }
	void begin_change() { state_ = (state_.load() & ~3U) | 2U; }
	void end_change(bool is_on) { state_ = ((state_.load() & ~3U) + 4U) | (is_on ? 1U : 0U); }

  private:
	std::atomic<std::uint32_t> state_{0};
};

// What was true from before a statement was sent until after its answer was there.
class Throughout {
  public:
	explicit Throughout(const Watched &watched) : watched_(watched), before_(watched.now()) {}
	bool was(bool wanted) const { return before_.is(wanted) && watched_.now() == before_; }

  private:
	const Watched &watched_;
	Watched::State before_;
};

struct World {
	World(int tenants, int spare);

	int tenants() const { return count.load(); }

	std::deque<Watched> is_active; // by tenant; the spare ones are not registered yet
	std::deque<Watched> is_served; // by tenant; its breaker is not open by hand
	std::deque<Watched> is_protected;
	std::atomic<int> count; // of the tenants that clients use
	std::atomic<bool> is_over{false};
};

constexpr int kItems = 40;
constexpr int kOrders = 20;
constexpr int kSideTables = 4;
constexpr int kSideRows = 5;

// Ids have a mark in their midst, by which any tenant's is found in whatever the server says.
constexpr const char *kMark = "-7e57-4000-8000-";
std::string tenant_id(int tenant);
// Empty, or the first id in the text that is not this one; counts those that are.
std::string stranger_in(const std::string &text, const std::string &own, int *found);

} // namespace load
