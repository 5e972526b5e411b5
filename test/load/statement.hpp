// A statement of a client, and what must be true of its answer.
#pragma once

#include <string>
#include <vector>

namespace load {

enum class Way { kSimple, kBound, kPrepared, kCopyOut, kCopyIn };

struct Statement {
	std::string sql;
	std::vector<std::string> values = {};
	Way way = Way::kBound;
	int rows = -1;                         // as many, if it is done
	std::vector<std::string> exactly = {}; // these rows
	std::string refused = "";              // the SQLSTATE that it must get from an active tenant
	bool asks_registry = true;             // a tenant that is not active must be refused
	bool has_ids = true;                   // the tenant's, in each row
	bool is_of_others = false;             // limits of another tenant may refuse it
	int side = -1;                         // reads that side table, which may be unprotected
	std::string data = "";                 // of COPY FROM

	// What a client has said it may hear again.
	bool names(const std::string &id) const;
};

} // namespace load
