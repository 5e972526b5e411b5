// The table of counters in a file, from a clean end of the server to its next start.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "datatype/timestamp.h"
}

namespace pg_tenant::stats {

struct Kept {
	int64 evictions;
	TimestampTz since;
};

// Writes all entries, and these. What fails is logged.
void keep_entries(const Kept &kept);

// Enters what was kept, as many as there is room for, and removes the file. All zero if there is none; one
// that is damaged, or of another version, is logged and left out.
Kept take_kept_entries();

} // namespace pg_tenant::stats
