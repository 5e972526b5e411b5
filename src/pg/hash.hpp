// Hash tables of the server's.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "utils/hsearch.h"
}

namespace pg_tenant::pg {

// Entries begin with their keys, which are equal if their bytes are.
template <typename Key, typename Entry>
HTAB *make_hash_table(const char *name, long size, MemoryContext memory) {
	HASHCTL control = {};
	control.keysize = sizeof(Key);
	control.entrysize = sizeof(Entry);
	control.hcxt = memory;
	return hash_create(name, size, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
}

} // namespace pg_tenant::pg
