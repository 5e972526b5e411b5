// The table of counters by tenant, in shared memory. Whoever calls these holds the lock of table.cpp: alone,
// where anything is changed.
#pragma once

#include "core/tenant_id.hpp"
#include "stats/counters.hpp"

namespace pg_tenant::stats {

// Whose counters these are. An empty id stands for all that have no entry: tenants that had to make room, and
// sessions without one.
struct Key {
	Oid database;
	uint32 hash;
	char text[core::kMaxIdBytes + 1];
};

struct Entry {
	Key key;
	bool is_in_use; // a session's present tenant: looked at while room is made
	bool is_named;  // metrics show it by its name (named.hpp)
	Counters counted;
};

// For the server's hooks of these names. The setting says how many there may be.
Size entries_size();
void make_entries();

bool is_same_key(const Key &a, const Key &b);
inline bool is_nobody(const Key &key) { return key.text[0] == '\0'; }
Key nobody_here();

// No tenant either: what named.hpp keeps of a database. No id has such a character.
inline bool is_balance(const Key &key) { return key.text[0] == '\n'; }
inline Key balance_of(Oid database) { return {database, 0, {'\n'}}; }
inline bool is_tenant(const Key &key) { return !is_nobody(key) && !is_balance(key); }

// NULL if there is none.
Entry *find_entry(const Key &key);

// A new one if there is none; NULL if there is no room for it.
Entry *enter(const Key &key);
bool is_full();

// Moves the entries of the tenants that were seen least recently, and are nobody's present one, to those of
// nobody: a twentieth of all. Returns how many.
int64 make_room();

void drop_entry(const Key &key);
int64 entry_count();

// Calls with each entry until a call returns false.
template <typename Call> void for_each_entry(Call call);
void visit_entries(bool (*visit)(Entry *entry, void *context), void *context);

template <typename Call> void for_each_entry(Call call) {
	visit_entries([](Entry *entry, void *context) { return (*static_cast<Call *>(context))(entry); }, &call);
}

} // namespace pg_tenant::stats
