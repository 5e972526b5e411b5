// Who waits until fewer statements of its tenant run: first come, first served. Who ends a statement hands
// its place on.
#pragma once

#include "limits/shared.hpp"

namespace pg_tenant::limits {

Size queue_size();
void make_queue(void *memory);

// Gives up the session's own place.
void give_place_back(Shared *shared);

// What follows is called under the tenant's lock.

// Takes a place if there is one and nobody waits for it.
bool take_place(Shared *shared);

// This session waits for one from now on.
void queue_up(Shared *shared);

// Gives a place that is free to who is first, and returns the latch to set once the lock is released; NULL
// where there is nobody.
Latch *hand_on(Shared *shared);

// Whether the session was given a place; it waits no longer then.
bool was_served();

// The session waits no longer. Whether it was given a place nevertheless.
bool quit_queue(Shared *shared);

} // namespace pg_tenant::limits
