// What clients read. Items 1 to 40 and orders 1 to 20 of each tenant stay as they are, but for prices.
#include "client.hpp"

#include <algorithm>

namespace load {

const std::vector<Client::Request> &Client::requests() {
	static const std::vector<Request> all = {{"point", 12, false, false, &Client::point},
											 {"page", 6, false, false, &Client::page},
											 {"join", 6, false, false, &Client::join},
											 {"aggregate", 5, false, false, &Client::aggregate},
											 {"like", 5, false, false, &Client::like},
											 {"antijoin", 3, false, false, &Client::antijoin},
											 {"window", 3, false, false, &Client::window},
											 {"leaky function", 2, false, false, &Client::leaky},
											 {"plan of a function", 5, false, false, &Client::function},
											 {"partitions", 4, false, false, &Client::latest},
											 {"shared table", 2, false, false, &Client::shared},
											 {"side table", 8, false, false, &Client::side},
											 {"copy to", 2, false, false, &Client::copy_out},
											 {"cursor", 3, false, false, &Client::cursor},
											 {"prepared", 8, false, false, &Client::kept},
											 {"memory", 1, false, false, &Client::memory},
											 {"update", 4, true, false, &Client::price},
											 {"prepared update", 2, true, true, &Client::kept_price},
											 {"update without where", 4, true, false, &Client::increment},
											 {"insert", 4, true, false, &Client::order},
											 {"delete", 2, true, false, &Client::cancel},
											 {"upsert", 3, true, false, &Client::upsert},
											 {"copy from", 3, true, false, &Client::copy_in},
											 {"no tenant", 2, true, false, &Client::nobody},
											 {"unknown tenant", 1, true, false, &Client::unknown},
											 {"row of another", 1, true, false, &Client::foreign_row},
											 {"update of another", 1, true, false, &Client::foreign_update},
											 {"row moved to another", 1, true, false, &Client::moved_row},
											 {"copy of another", 1, true, false, &Client::foreign_copy},
											 {"truncate", 1, true, false, &Client::truncate},
											 {"cursor of another", 1, true, false, &Client::other_fetch},
											 {"savepoint and switch", 2, false, false, &Client::savepoint},
											 {"query as another", 2, false, false, &Client::query_as},
											 {"sealed", 1, true, false, &Client::sealed},
											 {"held cursor", 3, true, true, &Client::held},
											 {"failure", 2, true, false, &Client::failure}};
	return all;
}

void Client::point() {
	(void)ask(
		{"SELECT id, tag FROM items WHERE id = $1", {std::to_string(1 + below(kItems))}, Way::kBound, 1});
}

void Client::page() {
	(void)ask({"SELECT id, name, tag FROM items WHERE id > " + std::to_string(below(kItems - 10)) +
				   " ORDER BY id LIMIT 10",
			   {},
			   Way::kSimple,
			   10});
}

// By an id that every tenant has, so that a missing filter on either side shows.
void Client::join() {
	(void)ask(
		{"SELECT o.id, o.tag, i.tag FROM orders o JOIN items i ON i.id = o.item WHERE o.id <= $1 ORDER BY 1",
		 {std::to_string(kOrders)},
		 Way::kBound,
		 kOrders});
}

void Client::aggregate() {
	std::vector<std::string> expected;
	for (const char *category : {"0", "1", "2", "3"})
		expected.push_back(std::string(category) + "|10|" + own() + "|" + own());
	(void)ask({"SELECT category, count(*), min(tag), max(tag) FROM items GROUP BY category ORDER BY category",
			   {},
			   Way::kSimple,
			   4,
			   expected});
}

void Client::like() { (void)ask({"SELECT tag FROM items WHERE name LIKE $1", {"item 1%"}, Way::kBound, 11}); }

void Client::antijoin() {
	(void)ask(
		{"SELECT tag FROM items i WHERE NOT EXISTS (SELECT FROM orders o WHERE o.item = i.id AND o.id <= $1)",
		 {std::to_string(kOrders)},
		 Way::kBound,
		 kItems - kOrders});
}

void Client::window() {
	(void)ask({"WITH ranked AS (SELECT tag, id, row_number() OVER (ORDER BY id) AS place FROM items) "
			   "SELECT tag FROM ranked WHERE place = id",
			   {},
			   Way::kSimple,
			   kItems});
}

// The function raises what it sees of others.
void Client::leaky() {
	(void)ask(
		{"SELECT tag FROM items WHERE shows_own(tag) AND category = $1", {"1"}, Way::kBound, kItems / 4});
}

// Its plan is the connection's, made for whichever tenant came first.
void Client::function() {
	(void)ask({"SELECT id, tag FROM item_of($1)", {std::to_string(1 + below(kItems))}, Way::kBound, 1});
}

void Client::latest() {
	(void)ask({"SELECT id, tag, tenant_id FROM events ORDER BY id DESC LIMIT 20", {}, Way::kSimple});
}

void Client::shared() {
	Statement statement{
		"SELECT title FROM plans ORDER BY code", {}, Way::kSimple, 3, {"free", "paid", "large"}};
	statement.asks_registry = statement.has_ids = false;
	(void)ask(statement);
}

void Client::side() {
	const int table = below(kSideTables);
	const std::string name = "side_" + std::to_string(table);
	Statement statement;
	switch (below(3)) {
	case 0:
		statement = {"SELECT tag FROM " + name, {}, Way::kSimple, kSideRows};
		break;
	case 1:
		statement = {"SELECT s.tag, i.tag FROM " + name + " s JOIN items i USING (tenant_id, id)",
					 {},
					 place_.is_session ? Way::kPrepared : Way::kBound,
					 kSideRows};
		break;
	default:
		statement = {"SELECT tag FROM rows_of_" + name + "()", {}, Way::kBound, kSideRows};
	}
	statement.side = table;
	(void)ask(statement);
}

void Client::copy_out() { (void)ask({"COPY items TO STDOUT", {}, Way::kCopyOut, kItems}); }

// A cursor that was opened before its tenant was suspended may be read to its end.
void Client::cursor() {
	const bool is_alone = !connection_->is_in_transaction();
	if (is_alone)
		(void)command("BEGIN");
	(void)ask({"DECLARE reader SCROLL CURSOR FOR SELECT id, tag FROM items ORDER BY id", {}, Way::kSimple});
	const auto fetch = [&](const std::string &what, int rows) {
		Statement statement{what, {}, Way::kSimple, rows};
		statement.asks_registry = false;
		(void)ask(statement);
	};
	fetch("FETCH 15 FROM reader", 15);
	fetch("MOVE 5 FROM reader", 0);
	fetch("FETCH 15 FROM reader", 15);
	fetch("FETCH BACKWARD 5 FROM reader", 5);
	fetch("FETCH ALL FROM reader", 10);
	(void)command("CLOSE reader");
	if (is_alone)
		end(true);
}

// In a session what the client has prepared; else what the pooler prepares in each server connection.
void Client::kept() {
	const std::string id = std::to_string(1 + below(kItems));
	if (place_.is_session)
		switch (below(3)) {
		case 0:
			(void)ask({"SELECT tag FROM items WHERE id = $1", {id}, Way::kPrepared, 1});
			return;
		case 1:
			(void)ask({"SELECT tag FROM items WHERE name LIKE 'item 1%'", {}, Way::kPrepared, 11});
			return;
		default:
			(void)ask({"SELECT o.tag, i.tag FROM orders o JOIN items i ON i.id = o.item WHERE o.id = $1",
					   {std::to_string(1 + below(kOrders))},
					   Way::kPrepared,
					   1});
		}
	else if (below(2) == 0)
		(void)ask({"EXECUTE item_by_id(" + id + ")", {}, Way::kSimple, 1});
	else
		(void)ask({"EXECUTE items_like", {}, Way::kSimple, 11});
}

// What the library keeps in this backend.
void Client::memory() {
	Statement statement{"SELECT bytes_of_caches()", {}, Way::kSimple};
	statement.asks_registry = statement.has_ids = false;
	const Answer answer = ask(statement);
	const long bytes = std::stol(answer.rows.at(0));
	book_.write([bytes](Tally &tally) { tally.cache_bytes = std::max(tally.cache_bytes, bytes); });
}

} // namespace load
