// The counters that EXPLAIN ANALYZE shows, where they differ between majors.
#pragma once

#include "pg/plan_state.hpp"

extern "C" {
#include "access/genam.h"
#include "nodes/execnodes.h"
#include "nodes/nodeFuncs.h"
}

namespace pg_tenant::pg {

// How many pages of the table a bitmap named.
inline void forget_heap_blocks(BitmapHeapScanState *state) {
#if PG_VERSION_NUM >= 180000
	state->stats = {};
	for (int i = 0; state->sinstrument != nullptr && i < state->sinstrument->num_workers; i++)
		state->sinstrument->sinstrument[i] = {};
#else
	state->exact_pages = 0;
	state->lossy_pages = 0;
#endif
}

// How often an index was descended: with a skip scan, how many values its first column has. Counted from 18
// on.
inline void forget_index_searches(PlanState *state) {
#if PG_VERSION_NUM >= 180000
	const auto forget = [](IndexScanInstrumentation *own, SharedIndexScanInstrumentation *shared) {
		*own = {};
		for (int i = 0; shared != nullptr && i < shared->num_workers; i++)
			shared->winstrument[i] = {};
	};
	if (IsA(state, IndexScanState)) {
		auto *scan = reinterpret_cast<IndexScanState *>(state);
		forget(&scan->iss_Instrument, scan->iss_SharedInfo);
	} else if (IsA(state, IndexOnlyScanState)) {
		auto *scan = reinterpret_cast<IndexOnlyScanState *>(state);
		forget(&scan->ioss_Instrument, scan->ioss_SharedInfo);
	} else if (IsA(state, BitmapIndexScanState)) {
		auto *scan = reinterpret_cast<BitmapIndexScanState *>(state);
		forget(&scan->biss_Instrument, scan->biss_SharedInfo);
	}
#else
	(void)state;
#endif
}

} // namespace pg_tenant::pg
