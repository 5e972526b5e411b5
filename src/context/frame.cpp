#include "context/frame.hpp"

#include "context/settings.hpp"
#include "pg/list.hpp"

extern "C" {
#include "nodes/execnodes.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
}

namespace pg_tenant::context {

Frame *current_frame = nullptr;
bool all_tenants_granted = false;
bool statement_unchecked = false;

namespace {

// Most recent first: the query that runs is nearly always at the head.
dlist_head frames = DLIST_STATIC_INIT(frames);

void forget(void *frame) { dlist_delete(&static_cast<Frame *>(frame)->node); }

} // namespace

const core::TenantId *statement_tenant() {
	if (current_frame != nullptr)
		return current_frame->has_tenant ? &current_frame->tenant : nullptr;
	return live_tenant();
}

Frame *open_frame(QueryDesc *query, const core::TenantId *tenant) {
	MemoryContext memory =
		AllocSetContextCreate(CurrentMemoryContext, "pg_tenant statement", ALLOCSET_SMALL_SIZES);
	auto *frame = static_cast<Frame *>(MemoryContextAlloc(memory, sizeof(Frame)));
	frame->query = query;
	frame->memory = memory;
	frame->has_tenant = tenant != nullptr;
	frame->is_integrity_query = false;
	frame->tenant_text = nullptr;
	if (tenant != nullptr) {
		frame->tenant = *tenant;
		MemoryContext outer = MemoryContextSwitchTo(memory);
		frame->tenant_text = cstring_to_text_with_len(tenant->text, static_cast<int>(tenant->length));
		MemoryContextSwitchTo(outer);
	}
	return frame;
}

void attach_frame(Frame *frame) {
	auto *callback = static_cast<MemoryContextCallback *>(
		MemoryContextAlloc(frame->memory, sizeof(MemoryContextCallback)));
	callback->func = forget;
	callback->arg = frame;
	dlist_push_head(&frames, &frame->node);
	MemoryContextRegisterResetCallback(frame->memory, callback);
	MemoryContextSetParent(frame->memory, frame->query->estate->es_query_cxt);
}

Frame *find_frame(const QueryDesc *query) {
	return pg::find_in<Frame>(&frames, [query](const Frame *frame) { return frame->query == query; });
}

bool is_live_tenant(const Frame &frame) {
	const core::TenantId *tenant = live_tenant();
	return frame.has_tenant ? tenant != nullptr && *tenant == frame.tenant : tenant == nullptr;
}

} // namespace pg_tenant::context
