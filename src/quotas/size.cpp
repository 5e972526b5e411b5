#include "quotas/size.hpp"

#include <algorithm>

extern "C" {
#include "access/heapam.h"
#include "access/htup_details.h"
#include "access/relation.h"
#include "access/tableam.h"
#include "optimizer/plancat.h"
#include "storage/bufmgr.h"
#include "storage/bufpage.h"
#include "utils/rel.h"
}

namespace pg_tenant::quotas {
namespace {

constexpr double kMost = 1e18;
constexpr BlockNumber kSample = 8;

double bytes_in_files(Relation relation, BlockNumber pages) {
	double bytes = static_cast<double>(pages) * BLCKSZ;
	const Oid toast = relation->rd_rel->reltoastrelid;
	if (OidIsValid(toast)) {
		Relation opened = relation_open(toast, AccessShareLock);
		bytes += static_cast<double>(RelationGetNumberOfBlocks(opened)) * BLCKSZ;
		relation_close(opened, AccessShareLock);
	}
	return bytes;
}

double rows_in_page(Relation relation, BlockNumber block) {
	Buffer buffer = ReadBuffer(relation, block);
	LockBuffer(buffer, BUFFER_LOCK_SHARE);
	Page page = BufferGetPage(buffer);
	double rows = 0;
	const OffsetNumber last = PageGetMaxOffsetNumber(page);
	for (OffsetNumber item = FirstOffsetNumber; item <= last; item++)
		rows += ItemIdIsNormal(PageGetItemId(page, item)) ? 1 : 0;
	UnlockReleaseBuffer(buffer);
	return rows;
}

// Nobody has looked at the table yet: the server would go by the types of its columns.
double rows_by_sample(Relation relation, BlockNumber pages) {
	const BlockNumber looked_at = std::min(pages, kSample);
	double rows = 0;
	for (BlockNumber i = 0; i < looked_at; i++)
		rows += rows_in_page(relation, static_cast<BlockNumber>(static_cast<uint64>(pages) * i / looked_at));
	return looked_at == 0 ? 0 : rows * pages / looked_at;
}

bool is_heap(Relation relation) { return relation->rd_tableam == GetHeapamTableAmRoutine(); }

double rows_in(Relation relation, BlockNumber pages) {
	if (relation->rd_rel->reltuples < 0 && is_heap(relation))
		return rows_by_sample(relation, pages);
	BlockNumber estimated_pages = 0;
	double rows = 0;
	double all_visible = 0;
	table_relation_estimate_size(relation, nullptr, &estimated_pages, &rows, &all_visible);
	return rows;
}

double bytes_of_row(Relation relation) {
	if (relation->rd_tableam != nullptr) {
		const BlockNumber pages = RelationGetNumberOfBlocks(relation);
		const double rows = rows_in(relation, pages);
		if (rows >= 1)
			return bytes_in_files(relation, pages) / rows;
	}
	return static_cast<double>(get_rel_data_width(relation, nullptr)) + SizeofHeapTupleHeader +
		   sizeof(ItemIdData);
}

} // namespace

int64 bytes_of_rows(Oid relation, int64 rows) {
	if (rows == 0)
		return 0;
	Relation opened = try_relation_open(relation, AccessShareLock);
	if (opened == nullptr)
		return 0;
	const double bytes = static_cast<double>(rows) * bytes_of_row(opened);
	relation_close(opened, AccessShareLock);
	return static_cast<int64>(std::clamp(bytes, -kMost, kMost));
}

} // namespace pg_tenant::quotas
