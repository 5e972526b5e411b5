#include "context/frame.hpp"

#include "context/seal.hpp"
#include "context/settings.hpp"
#include "pg/list.hpp"

extern "C" {
#include "access/xact.h"
#include "nodes/execnodes.h"
#include "tcop/pquery.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
}

namespace pg_tenant::context {

Frame *current_frame = nullptr;
bool all_tenants_granted = false;
bool statement_unchecked = false;
bool sees_all_tenants = false;
uint64 utility_count = 0;

namespace {

// Most recent first: the query that runs is nearly always at the head.
dlist_head frames = DLIST_STATIC_INIT(frames);

Portal unseen_portal = nullptr;
TimestampTz unseen_since;

void forget(void *context) {
	auto *frame = static_cast<Frame *>(context);
	dlist_delete(&frame->node);
	if (frame->tenant_text != nullptr)
		pfree(frame->tenant_text);
	pfree(frame);
}

} // namespace

void note_unseen_portal() {
	unseen_portal = ActivePortal;
	unseen_since = ActivePortal == nullptr ? 0 : ActivePortal->creation_time;
}

void forget_unseen_portal() { unseen_portal = nullptr; }

// Another portal may come to lie in the same memory.
bool is_portal_unseen() {
	return unseen_portal != nullptr && ActivePortal == unseen_portal &&
		   ActivePortal->creation_time == unseen_since;
}

const core::TenantId *statement_tenant() {
	if (current_frame != nullptr)
		return current_frame->tenant.is_set ? &current_frame->tenant.id : nullptr;
	const core::TenantId *sealed = sealed_tenant();
	return sealed != nullptr ? sealed : live_tenant();
}

Frame *open_frame(QueryDesc *query, const core::TenantId *tenant) {
	auto *frame = static_cast<Frame *>(palloc(sizeof(Frame)));
	frame->query = query;
	frame->is_integrity_query = false;
	frame->has_run = false;
	frame->tenant_text = tenant == nullptr
							 ? nullptr
							 : cstring_to_text_with_len(tenant->text, static_cast<int>(tenant->length));
	bind_tenant(&frame->tenant, tenant);
	return frame;
}

void attach_frame(Frame *frame) {
	frame->callback.func = forget;
	frame->callback.arg = frame;
	dlist_push_head(&frames, &frame->node);
	MemoryContextRegisterResetCallback(frame->query->estate->es_query_cxt, &frame->callback);
}

Frame *find_frame(const QueryDesc *query) {
	return pg::find_in<Frame>(&frames, [query](const Frame *frame) { return frame->query == query; });
}

void bind_tenant(BoundTenant *bound, const core::TenantId *tenant) {
	bound->is_all = false;
	bound->is_set = tenant != nullptr;
	if (tenant != nullptr)
		bound->id = *tenant;
}

bool is_same_tenant(const BoundTenant &bound, const core::TenantId *tenant) {
	return bound.is_set ? tenant != nullptr && *tenant == bound.id : tenant == nullptr;
}

void bind_live_tenant(BoundTenant *bound) {
	bind_tenant(bound, sees_all_tenants ? nullptr : live_tenant());
	bound->is_all = sees_all_tenants;
}

bool is_live_tenant(const BoundTenant &bound) {
	return bound.is_all ? sees_all_tenants : is_same_tenant(bound, live_tenant());
}

bool resume_frame(Frame *frame) {
	const Moment now = {GetCurrentStatementStartTimestamp(), utility_count};
	const bool is_resumed =
		frame->has_run && (frame->last_run.message != now.message || frame->last_run.utility != now.utility);
	frame->has_run = true;
	frame->last_run = now;
	return is_resumed;
}

} // namespace pg_tenant::context
