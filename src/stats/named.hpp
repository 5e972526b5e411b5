// Which tenants metrics show by their names, and what they show of all others together. A counter must never
// fall, and must not leap either when a tenant gets a name or loses it: whoever reads a rate from it would
// take either for work. So what all others come to goes on from where it was: a balance, in the table of
// entries, says by how much it differs from their sum. Whoever calls these holds the lock of table.cpp alone.
#pragma once

#include "stats/table.hpp"

namespace pg_tenant::stats {

// Gives names to those tenants that have taken the most time, and leaves their rows and one of nobody's.
// Order has room for the number of each row. Returns how many rows there are then.
int name_most_used(Row *rows, int count, int most, int *order);

// Before an entry moves to those of nobody, or is forgotten, with what sessions have counted beside it.
void note_lost(const Entry &entry);
void note_forgotten(const Key &key, const Counters &counted);

} // namespace pg_tenant::stats
