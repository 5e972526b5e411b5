// How many rows tenants have in a relation, as ANALYZE counted them: each of the most common ones, and the
// average of the rest. In quarters of a power of ten, so four steps are ten times as many.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "access/attnum.h"
}

namespace pg_tenant::planning {

using SizeClass = uint8;
inline constexpr int kTenfold = 4;

struct TenantSize {
	uint32 tenant; // the hash of its id
	SizeClass size;
};

struct Sizes {
	int count;           // of listed tenants; 0 where no tenant is ten times as big as another
	TenantSize *tenants; // those of another size than the rest, by hash
	SizeClass rest;
};

// In the current memory. May raise; reads catalogs.
Sizes read_sizes(Oid relation, AttrNumber column);

SizeClass size_of(const Sizes &sizes, uint32 tenant);

} // namespace pg_tenant::planning
