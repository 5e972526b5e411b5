#include "session.hpp"

#include <algorithm>
#include <stdexcept>

namespace bench {

namespace {

constexpr long long kFirstFresh = 1LL << 40;

std::uint64_t hashed(std::string_view text, std::uint64_t hash) {
	for (const char c : text)
		hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
	return hash;
}

} // namespace

const char *name_of(PlanMode mode) {
	switch (mode) {
	case PlanMode::kCustom:
		return "custom";
	case PlanMode::kGeneric:
		return "generic";
	default:
		return "auto";
	}
}

void Answer::add(const Result &result) {
	for (int r = 0; r < result.rows(); r++) {
		std::uint64_t hash = 0xcbf29ce484222325ULL;
		for (int c = 0; c < result.columns(); c++)
			hash = hashed(result.value(r, c).value_or("\1null"), hashed("\2", hash));
		checksum += hash;
	}
	rows += result.rows();
	affected += result.affected() + " ";
}

Session::Session(const Column &column, const Tenant &tenant, const Servers &servers)
	: column_(column), tenant_(tenant), connection_(parameters_of(column, servers)),
	  clock_(connection_.backend()) {
	pin(connection_.backend());
	connection_.run("SET statement_timeout = '10min'");
	connection_.run(setup_of(column, tenant));
}

const Session::Prepared &Session::prepared(const Shape &shape, const Parameters &parameters) {
	const auto found = prepared_.find(shape.name);
	if (found != prepared_.end())
		return found->second;
	Prepared made{shape.name, {}};
	const std::string sql = numbered(expand(shape.statement, column_), &made.names);
	std::vector<Oid> types;
	for (const std::string &name : made.names) {
		const auto at = std::find(parameters.names.begin(), parameters.names.end(), name);
		if (at != parameters.names.end())
			types.push_back(parameters.types[at - parameters.names.begin()]);
		else if (name == "tenant" || name == "fresh")
			types.push_back(name == "tenant" ? 2950 : 20); // uuid, bigint
		else
			throw std::runtime_error("shape " + shape.name + " has no parameter " + name);
	}
	connection_.prepare(shape.name, sql, types);
	return prepared_.emplace(shape.name, std::move(made)).first->second;
}

Row Session::values(const Prepared &prepared, const Parameters &parameters, int execution) {
	const Row &given = parameters.rows[execution % parameters.rows.size()];
	Row result;
	for (const std::string &name : prepared.names) {
		if (name == "tenant")
			result.emplace_back(tenant_.id);
		else if (name == "fresh")
			result.emplace_back(std::to_string(kFirstFresh + execution));
		else
			result.push_back(given[std::find(parameters.names.begin(), parameters.names.end(), name) -
								   parameters.names.begin()]);
	}
	return result;
}

void Session::become(const Tenant &tenant, bool is_local) {
	tenant_ = tenant;
	const bool by_hand = column_.filter == Filter::kByHand;
	connection_.run(std::string(is_local ? "SET LOCAL " : "SET ") +
					(by_hand ? "bench.tenant_id" : "app.tenant_id") + " = " + literal(tenant.id));
}

void Session::plan_by(PlanMode mode) {
	if (mode == mode_)
		return;
	connection_.run(mode == PlanMode::kAuto
						? "RESET plan_cache_mode"
						: std::string("SET plan_cache_mode = force_") + name_of(mode) + "_plan");
	mode_ = mode;
}

void Session::copy(const Shape &shape, const Parameters &parameters) {
	const std::string sql = expand(shape.statement, column_);
	const bool has_column = sql.find("tenant_id,") != std::string::npos;
	std::string data;
	for (const Row &row : parameters.rows) {
		data += has_column ? tenant_.id : "";
		bool is_first = !has_column;
		for (const Value &value : row) {
			data += is_first ? "" : "\t";
			data += value.value_or("\\N");
			is_first = false;
		}
		data += "\n";
	}
	connection_.copy_in(sql, data);
}

Answer Session::execute(const Shape &shape, const Parameters &parameters, int execution) {
	Answer answer;
	if (shape.copy) {
		copy(shape, parameters);
		return answer;
	}
	const Prepared &statement = prepared(shape, parameters);
	answer.add(connection_.execute(statement.name, values(statement, parameters, execution)));
	return answer;
}

std::string Session::plan(const Shape &shape, const Parameters &parameters, PlanMode mode) {
	plan_by(mode);
	const Prepared &statement = prepared(shape, parameters);
	std::string arguments;
	for (const Value &value : values(statement, parameters, 0))
		arguments += (arguments.empty() ? "(" : ", ") + (value ? literal(*value) : "NULL");
	const Result lines = connection_.run("EXPLAIN (COSTS off) EXECUTE \"" + shape.name + "\"" + arguments +
										 (arguments.empty() ? "" : ")"));
	std::string text;
	for (int r = 0; r < lines.rows(); r++)
		text += lines.value(r, 0).value_or("") + "\n";
	return text;
}

double Session::burst(const Shape &shape, const Parameters &parameters, PlanMode mode, int executions) {
	plan_by(mode);
	if (!shape.copy)
		prepared(shape, parameters);
	if (shape.writes)
		connection_.run("BEGIN");
	const double before = clock_.microseconds();
	for (int i = 0; i < executions; i++) {
		if (shape.copy)
			copy(shape, parameters);
		else {
			const Prepared &statement = prepared_.at(shape.name);
			connection_.execute(statement.name, values(statement, parameters, i));
		}
	}
	const double after = clock_.microseconds();
	if (shape.writes)
		connection_.run("ROLLBACK");
	return (after - before) / executions;
}

Answer Session::answer(const Shape &shape, const Parameters &parameters, PlanMode mode, int executions,
					   const Shape &written) {
	plan_by(mode);
	Answer all;
	if (shape.writes)
		connection_.run("BEGIN");
	for (int i = 0; i < executions; i++) {
		const Answer one = execute(shape, parameters, i);
		all.rows += one.rows;
		all.checksum = all.checksum * 31 + one.checksum;
		all.affected += one.affected;
	}
	if (shape.writes) {
		all.add(connection_.run(with_tenant(expand(written.statement, column_), tenant_)));
		connection_.run("ROLLBACK");
	}
	return all;
}

} // namespace bench
