// Settings that came as options of the connection before the library was loaded. They stand above those of
// the role, the database and the file; one that is refused then leaves none of these, but the default.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "nodes/pg_list.h"
}

namespace pg_tenant::pg {

// The names of those that begin so.
List *settings_of_client(const char *prefix);

// Once they are defined: ends the session (FATAL) if one was refused, as the server does with a setting that
// it knows when the connection is made.
void require_settings_of_client(const List *names);

} // namespace pg_tenant::pg
