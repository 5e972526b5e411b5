// What has to be refused, and changes of tenant in the midst of things.
#include "client.hpp"

#include "limits.hpp"

namespace load {

// Whatever the state of this client's tenant: the session says it works for another.
void Client::must_fail(const std::string &sqlstate) {
	const Answer answer = connection_->run("SELECT tag FROM items");
	book_.write([&](Tally &tally) {
		tally.statements++;
		tally.refused[answer.sqlstate]++;
	});
	// A seal does not lift its tenant's limits.
	if (answer.sqlstate != sqlstate && !(sqlstate == "TN005" && is_refused_by_limits(answer.sqlstate)))
		fail("SELECT for another tenant",
			 "not " + sqlstate + " but " + answer.sqlstate + " " + answer.message);
	throw Refused();
}

// The connection comes from the pool with no tenant in it.
void Client::nobody() {
	(void)command(place_.is_session ? "RESET app.tenant_id" : "ROLLBACK");
	Statement statement{"SELECT tag FROM items", {}, Way::kSimple};
	statement.refused = "TN001";
	statement.asks_registry = false;
	if (connection_->is_in_transaction())
		(void)command("SET LOCAL app.tenant_id = ''");
	(void)ask(statement);
}

void Client::unknown() {
	(void)command(std::string("SET ") + (connection_->is_in_transaction() ? "LOCAL" : "SESSION") +
				  " app.tenant_id = '" + tenant_id(100000000 + below(1000000)) + "'");
	must_fail("TN002");
}

void Client::foreign_row() {
	Statement statement{"INSERT INTO orders (tenant_id, id, item, tag) VALUES ($1, $2, 1, $3)",
						{tenant_id(other_tenant()), std::to_string(number_ * 1000000L + ++written_), own()}};
	statement.refused = "42501";
	(void)ask(statement);
}

void Client::foreign_update() {
	(void)ask({"UPDATE items SET price = 0 WHERE tenant_id = $1 RETURNING tag",
			   {tenant_id(other_tenant())},
			   Way::kBound,
			   0});
}

void Client::moved_row() {
	Statement statement{"UPDATE notes SET tenant_id = $1 WHERE id = 100", {tenant_id(other_tenant())}};
	statement.refused = "42501";
	(void)ask(statement);
}

void Client::foreign_copy() {
	Statement statement{"COPY events (tenant_id, id, tag) FROM STDIN", {}, Way::kCopyIn};
	statement.refused = "42501";
	for (const std::string &id : {own(), tenant_id(other_tenant())})
		statement.data += id + "\t" + std::to_string(number_ * 1000000L + ++written_) + "\t" + own() + "\n";
	(void)ask(statement);
}

void Client::truncate() {
	Statement statement{"TRUNCATE notes", {}, Way::kSimple};
	statement.refused = "TN006";
	statement.asks_registry = false;
	(void)ask(statement);
}

void Client::other_fetch() {
	const bool is_alone = !connection_->is_in_transaction();
	if (is_alone)
		(void)command("BEGIN");
	(void)ask({"DECLARE mine CURSOR FOR SELECT tag FROM items", {}, Way::kSimple});
	become(other_tenant(), true);
	Statement statement{"FETCH 1 FROM mine", {}, Way::kSimple};
	statement.refused = "TN011";
	statement.asks_registry = false;
	(void)ask(statement);
}

void Client::savepoint() {
	const int former = tenant_;
	const bool is_alone = !connection_->is_in_transaction();
	const Statement all{"SELECT tag FROM items", {}, Way::kSimple, kItems};
	if (is_alone)
		(void)command("BEGIN");
	(void)command("SAVEPOINT before");
	become(other_tenant(), below(2) == 0);
	(void)ask(all);
	(void)command("ROLLBACK TO before");
	tenant_ = former;
	(void)ask(all);
	if (is_alone)
		end(true);
}

void Client::query_as() {
	const int former = tenant_;
	tenant_ = other_tenant();
	Statement as_other{"SELECT tenant.query($1, 'SELECT tag FROM items')", {own()}, Way::kBound, kItems};
	as_other.is_of_others = true;
	(void)ask(as_other);
	tenant_ = former;
	(void)ask({"SELECT tag FROM items", {}, Way::kSimple, kItems});
}

void Client::sealed() {
	if (!connection_->is_in_transaction()) {
		(void)command("BEGIN");
		become(tenant_, true);
	}
	Statement seal{"SELECT tenant.seal()", {}, Way::kSimple};
	seal.has_ids = false;
	(void)ask(seal);
	(void)command("SET LOCAL app.tenant_id = '" + tenant_id(other_tenant()) + "'");
	must_fail("TN005");
}

void Client::held() {
	if (connection_->is_in_transaction())
		return;
	const int former = tenant_;
	const auto fetch = [&](const std::string &refused) {
		Statement statement{"FETCH 10 FROM held", {}, Way::kSimple, 10};
		statement.asks_registry = false;
		statement.refused = refused;
		(void)ask(statement);
	};
	(void)ask({"DECLARE held CURSOR WITH HOLD FOR SELECT tag FROM items", {}, Way::kSimple});
	try {
		fetch("");
		become(other_tenant(), false);
		try {
			fetch("TN011");
		} catch (const Refused &) {
		}
		become(former, false);
		fetch("");
	} catch (const Refused &) {
	}
	(void)command("CLOSE held");
}

// What opens breakers.
void Client::failure() {
	Statement statement{"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '58030'; END $$", {}, Way::kSimple};
	statement.refused = "58030";
	statement.asks_registry = false;
	(void)ask(statement);
}

} // namespace load
