// libpq with owners: what fails throws, what ends is freed.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <libpq-fe.h>

namespace bench {

using Value = std::optional<std::string>;
using Row = std::vector<Value>;

class Result {
  public:
	explicit Result(PGresult *result) : result_(result, PQclear) {}
	int rows() const { return PQntuples(result_.get()); }
	int columns() const { return PQnfields(result_.get()); }
	std::string name(int column) const { return PQfname(result_.get(), column); }
	Oid type(int column) const { return PQftype(result_.get(), column); }
	Value value(int row, int column) const;
	// The first column of the first row, which must be there.
	std::string scalar() const;
	double number() const { return std::stod(scalar()); }
	ExecStatusType status() const { return PQresultStatus(result_.get()); }
	std::string affected() const { return PQcmdTuples(result_.get()); }

  private:
	std::unique_ptr<PGresult, void (*)(PGresult *)> result_;
};

class Connection {
  public:
	explicit Connection(const std::string &parameters);
	Result run(const std::string &sql);
	void prepare(const std::string &name, const std::string &sql, const std::vector<Oid> &types);
	Result execute(const std::string &name, const Row &values);
	void copy_in(const std::string &sql, std::string_view data);
	int backend() const { return PQbackendPID(connection_.get()); }

  private:
	Result checked(PGresult *result, std::string_view what);

	std::unique_ptr<PGconn, void (*)(PGconn *)> connection_;
};

std::string literal(std::string_view text);

} // namespace bench
