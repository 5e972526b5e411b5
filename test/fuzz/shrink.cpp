#include "shrink.hpp"

namespace fuzz {
namespace {

class Shrinker {
  public:
	Shrinker(Databases &databases, const Tree &statement, Trial *trial)
		: databases_(databases), statement_(statement), trial_(trial) {}

	void run() {
		simplify();
		while (reduce() && attempts_ < 2000) {
		}
		simplify();
	}

  private:
	// Whether the trial as it is now still fails.
	bool fails() {
		++attempts_;
		trial_->text = statement_->text();
		return !databases_.judge(*trial_).difference.empty();
	}

	template <typename T> void become(T *what, T simpler) {
		if (*what == simpler)
			return;
		std::swap(*what, simpler);
		if (!fails())
			*what = simpler;
	}

	void simplify() {
		become(&trial_->way, std::string("simple"));
		become(&trial_->is_warm, false);
		become(&trial_->settings, std::string());
		become(&trial_->is_ordered, false);
	}

	bool reduce() {
		bool is_smaller = false;
		for (Node *node : reducible(statement_)) {
			if (node->is_dropped)
				continue;
			node->is_dropped = true;
			if (fails()) {
				is_smaller = true;
				continue;
			}
			node->is_dropped = false;
			is_smaller = keep_one(node) || is_smaller;
		}
		return is_smaller;
	}

	// One of several conditions in the place of all.
	bool keep_one(Node *node) {
		if (!node->is_condition || node->kept >= 0)
			return false;
		for (std::size_t i = 0; i < node->parts.size(); ++i) {
			if (!node->parts[i].tree || !node->parts[i].tree->is_condition || node->parts[i].tree->is_dropped)
				continue;
			node->kept = static_cast<int>(i);
			if (fails())
				return true;
		}
		node->kept = -1;
		return false;
	}

	Databases &databases_;
	const Tree &statement_;
	Trial *trial_;
	int attempts_ = 0;
};

} // namespace

Verdict shrink(Databases &databases, const Tree &statement, Trial *trial) {
	Shrinker shrinker(databases, statement, trial);
	shrinker.run();
	trial->text = statement->text();
	return databases.judge(*trial);
}

} // namespace fuzz
