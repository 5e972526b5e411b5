#include "isolation/details.hpp"

#include <cstring>

#include "registry/relations.hpp"

extern "C" {
#include "access/xact.h"
#include "catalog/namespace.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
}

namespace pg_tenant::isolation {
namespace {

bool quotes_key(int code) {
	return code == ERRCODE_UNIQUE_VIOLATION || code == ERRCODE_EXCLUSION_VIOLATION ||
		   code == ERRCODE_FOREIGN_KEY_VIOLATION;
}

// The server has just looked at this table's catalogs, to write the detail.
bool is_of_protected(const ErrorData *error) {
	if (error->schema_name == nullptr || error->table_name == nullptr)
		return false;
	const Oid schema = get_namespace_oid(error->schema_name, true);
	const Oid table = OidIsValid(schema) ? get_relname_relid(error->table_name, schema) : InvalidOid;
	return OidIsValid(table) && registry::is_protected(table);
}

// In every language: a detail without values, such as an ordinary role gets, has no parentheses.
bool quotes_values(const ErrorData *error) {
	return error->detail != nullptr && strchr(error->detail, '(') != nullptr;
}

void move_to_log(ErrorData *error) {
	if (error->detail_log == nullptr)
		error->detail_log = error->detail;
	error->detail = nullptr;
}

} // namespace

void raise_without_detail() {
	if (!quotes_key(geterrcode()) || !IsTransactionState())
		return;
	MemoryContext outer = MemoryContextSwitchTo(CurTransactionContext);
	ErrorData *error = CopyErrorData();
	if (quotes_values(error) && is_of_protected(error)) {
		FlushErrorState();
		move_to_log(error);
		ReThrowError(error);
	}
	FreeErrorData(error);
	MemoryContextSwitchTo(outer);
}

void drop_detail(ErrorData *error) {
	if (error->elevel == ERROR && quotes_key(error->sqlerrcode) && quotes_values(error))
		move_to_log(error);
}

} // namespace pg_tenant::isolation
