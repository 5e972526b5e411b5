// First include of every file that sees the server: standard headers come before postgres.h, which
// redefines the printf family, and the server's headers need C linkage.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

extern "C" {
#include "postgres.h"

#include "fmgr.h"
#include "miscadmin.h"
}

// PGDLLEXPORT is empty before 16: with hidden visibility the library would load, _PG_init would not be
// found, and no hook would be installed.
#define PG_TENANT_EXPORT __attribute__((visibility("default")))
