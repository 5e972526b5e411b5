// What differs between majors in reading rows for COPY FROM: from 17 on rows that cannot be read may be left
// out, which the server's CopyFrom counts, limits (18) and reports.
#pragma once

#include "pg/prelude.hpp"

extern "C" {
#include "commands/copyfrom_internal.h"
#include "commands/progress.h"
#include "pgstat.h"
}

namespace pg_tenant::pg {

#if PG_VERSION_NUM >= 180000
inline void require_few_skipped(CopyFromState source) {
	const auto limit = static_cast<uint64>(source->opts.reject_limit);
	if (limit > 0 && source->num_errors > limit)
		ereport(ERROR, (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
						errmsg("skipped more than REJECT_LIMIT (%llu) rows due to data type incompatibility",
							   static_cast<unsigned long long>(limit))));
}
#endif

// Whether the row that was just read is one to leave out.
inline bool was_row_skipped([[maybe_unused]] CopyFromState source) {
#if PG_VERSION_NUM >= 170000
	if (source->escontext == nullptr || !source->escontext->error_occurred)
		return false;
	source->escontext->error_occurred = false;
	pgstat_progress_update_param(PROGRESS_COPY_TUPLES_SKIPPED, static_cast<int64>(source->num_errors));
#if PG_VERSION_NUM >= 180000
	require_few_skipped(source);
#endif
	return true;
#else
	return false;
#endif
}

inline void report_skipped_rows([[maybe_unused]] CopyFromState source) {
#if PG_VERSION_NUM >= 170000
	bool is_told = source->num_errors > 0;
#if PG_VERSION_NUM >= 180000
	is_told = is_told && source->opts.log_verbosity >= COPY_LOG_VERBOSITY_DEFAULT;
#endif
	const auto rows = static_cast<unsigned long long>(source->num_errors);
	if (is_told)
		ereport(NOTICE,
				(errmsg_plural("%llu row was skipped due to data type incompatibility",
							   "%llu rows were skipped due to data type incompatibility", rows, rows)));
#endif
}

} // namespace pg_tenant::pg
