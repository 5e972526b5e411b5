// The place of a process among all.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "storage/proc.h"
}

namespace pg_tenant::pg {

// Those of sessions and workers come first: they are less than MaxBackends.
inline int process_number(PGPROC *process) {
#if PG_VERSION_NUM >= 170000
	return GetNumberFromPGProc(process);
#else
	return process->pgprocno;
#endif
}

} // namespace pg_tenant::pg
