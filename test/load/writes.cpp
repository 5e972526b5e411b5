// What clients write: one row, or rows that nobody else has, so that no two wait for each other in a circle.
#include "client.hpp"

namespace load {

void Client::price() {
	(void)ask({"UPDATE items SET price = price + 1 WHERE id = $1 RETURNING tag",
			   {std::to_string(1 + below(kItems))},
			   Way::kBound,
			   1});
}

void Client::kept_price() {
	(void)ask({"UPDATE items SET price = price + 1 WHERE id = $1 RETURNING tag",
			   {std::to_string(1 + below(kItems))},
			   Way::kPrepared,
			   1});
}

void Client::increment() {
	(void)ask({"UPDATE counters SET n = n + 1 RETURNING tag", {}, Way::kSimple, 1});
	increments_++;
}

void Client::order() {
	(void)ask({"INSERT INTO orders (id, item, tag) VALUES ($1, $2, $3) RETURNING tenant_id, tag",
			   {std::to_string(number_ * 1000000L + ++written_), std::to_string(1 + below(kItems)), own()},
			   Way::kBound,
			   1});
}

void Client::cancel() {
	const Answer deleted =
		ask({"DELETE FROM orders WHERE id = (SELECT max(id) FROM orders WHERE id > $1) RETURNING tag",
			 {std::to_string(kOrders)}});
	deletions_ += static_cast<long>(deleted.rows.size());
}

void Client::upsert() {
	(void)ask({"INSERT INTO notes (id, tag) VALUES ($1, $2) "
			   "ON CONFLICT (tenant_id, id) DO UPDATE SET writes = notes.writes + 1 RETURNING tag",
			   {std::to_string(below(20)), own()},
			   Way::kBound,
			   1});
}

void Client::copy_in() {
	constexpr int kLines = 10;
	Statement statement{"COPY events (id, tag) FROM STDIN", {}, Way::kCopyIn};
	for (int line = 0; line < kLines; ++line)
		statement.data += std::to_string(number_ * 1000000L + ++written_) + "\t" + own() + "\n";
	(void)ask(statement);
	events_ += kLines;
}

} // namespace load
