// What the main table cannot show; a table of its own for each.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "columns.hpp"
#include "measure.hpp"
#include "schema.hpp"
#include "shapes.hpp"

namespace bench {

struct Scale {
	Effort effort;
	Size size;
	int registered; // tenants in the registry
	int active;     // of them, in one backend
};

// Planning of a point query on 64 hash partitions.
nlohmann::json plan_on_partitions(const Servers &servers, const Tenant &tenant, const Scale &scale);
// A pooled session that switches its tenant in every transaction, with prepared statements.
nlohmann::json switch_in_transactions(const Servers &servers, const Scale &scale, const Shapes &shapes);
// Prepared statements over a mix of tenants of very different size.
nlohmann::json mix_sizes(const Servers &servers, const Scale &scale, const Shapes &shapes);
// Statements that touch no protected table, with the extension preloaded and without.
nlohmann::json visit_neighbours(const Servers &servers, const Scale &scale);
// Very many registered tenants, many of them active in one backend in turn.
nlohmann::json register_many(const Servers &servers, const Scale &scale);

} // namespace bench
