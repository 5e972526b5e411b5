// How many rows tenants have in tables, in memory of the server's, and how many bytes in all of them: of as
// many as pg_tenant.max_quota_counts says; those that were not asked for longest make room. What is not known
// is counted when it is needed.
#pragma once

#include "core/tenant_id.hpp"
#include "pg/prelude.hpp"

extern "C" {
#include "datatype/timestamp.h"
#include "nodes/pg_list.h"
}

namespace pg_tenant::quotas {

// Compared byte by byte: what is behind the id is zero.
struct Key {
	Oid database;
	Oid relation; // InvalidOid: bytes, of all tables
	char id[core::kMaxIdBytes + 1];
};
Key key_of(const core::TenantId &tenant, Oid relation);

struct Count {
	Key key;
	bool is_known;
	int64 value;    // committed
	int64 reserved; // by transactions that are about to commit
	TimestampTz counted_at;
};

// What a transaction will add when it commits.
struct Addition {
	Key key;
	int64 amount;
	int64 limit;    // 0 for none
	int64 reserved; // of the amount
	bool is_kept;   // whether the number can be kept up to date; else it has to be counted again
};

// For the server's hooks.
void request_memory();
void make_memory();

// Whether the library was loaded with the server: nothing is limited otherwise.
bool is_in_force();

// Whether anything was ever counted since the server's start. Before that nothing need be known of who writes
// what.
bool is_in_use();
void begin_use();

// False if it is not known. Never raises.
bool find(const Key &key, Count *count);

// Where counting begins: what is committed from now on is not counted by it, and added to what it finds.
struct Mark {
	uint64 serial;
	int64 added;
};
Mark begin_count(const Key &key);
// False if it has to be counted again.
bool end_count(const Key &key, const Mark &mark, int64 value);

// All or none. Returns the first one that is not known, or for which there is no room; NULL if there is
// none.
const Addition *reserve(Addition *additions, int count);

// As the transaction ends; never raise.
void give_back(const Addition &addition);
void add(const Addition &addition);
void forget_table(Oid relation); // of all tenants; and their bytes
void forget_database();

// Copies, of this database; allocated.
List *list_counts();

} // namespace pg_tenant::quotas
