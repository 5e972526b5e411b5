// The expression of an alert rule: what it may be, what comes of it.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "utils/tuplestore.h"
}

namespace pg_tenant::alerts {

// Each raises unless the text is one expression of columns, constants, arithmetic and comparisons. Whatever
// else is in it is refused, functions above all: rules are evaluated with the rights of the extension's
// owner. Where names are looked up in pg_catalog alone.

// The type of what comes of it; evaluates it once for a row of nothing, so that what is misspelt is an error.
Oid type_of(const char *expression);

// Adds rows of each tenant's id and its value over this window, an interval.
void evaluate(const char *expression, Datum window, Tuplestorestate *values);

} // namespace pg_tenant::alerts
