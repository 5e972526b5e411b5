#include "context/failure.hpp"

#include <cstring>

#include "context/settings.hpp"

extern "C" {
#include "access/parallel.h"
#include "access/xact.h"
#include "utils/memutils.h"
}

namespace pg_tenant::context {
namespace {

// What the error that is on its way has left; an error that was handled has ended a (sub)transaction.
bool is_noted = false;
BoundTenant failed;

void transaction_ended(XactEvent event, void *) {
	if (event == XACT_EVENT_ABORT || event == XACT_EVENT_COMMIT || event == XACT_EVENT_PREPARE)
		is_noted = false;
}

void subtransaction_ended(SubXactEvent event, SubTransactionId, SubTransactionId, void *) {
	if (event == SUBXACT_EVENT_ABORT_SUB)
		is_noted = false;
}

// Ids have no control characters, but what is written to a log is not left to that.
char *append(char *end, const char *text) {
	for (; *text != '\0'; text++)
		*end++ = static_cast<unsigned char>(*text) < ' ' || *text == '\x7f' ? '?' : *text;
	return end;
}

char *append_line(char *end, const char *former) {
	if (former == nullptr || former[0] == '\0')
		return end;
	while (*former != '\0')
		*end++ = *former++;
	*end++ = '\n';
	return end;
}

constexpr char kTenant[] = "tenant: ";
constexpr char kRequest[] = ", request: ";

// After what was there before. In the memory of errors, which has a reserve; NULL where there is none.
char *with_tenant(const char *former, const char *tenant, const char *request) {
	const Size room = (former == nullptr ? 0 : strlen(former)) + strlen(kTenant) + strlen(tenant) +
					  strlen(kRequest) + (request == nullptr ? 0 : strlen(request)) + 2;
	auto *text = static_cast<char *>(MemoryContextAllocExtended(ErrorContext, room, MCXT_ALLOC_NO_OOM));
	if (text == nullptr)
		return nullptr;
	char *end = append(append(append_line(text, former), kTenant), tenant);
	if (request != nullptr)
		end = append(append(end, kRequest), request);
	*end = '\0';
	return text;
}

} // namespace

void note_failed_frame(const Frame *frame) {
	if (is_noted || frame == nullptr)
		return;
	failed = frame->tenant;
	is_noted = true;
}

const core::TenantId *failed_tenant() {
	if (is_noted)
		return failed.is_set ? &failed.id : nullptr;
	return sees_all_tenants ? nullptr : statement_tenant();
}

void add_tenant_to_error(ErrorData *error) {
	if (error_context == kErrorPlain)
		return;
	const core::TenantId *tenant = failed_tenant();
	// What a parallel worker tells its leader, the leader reports again.
	if (tenant == nullptr || (error_context == kErrorToClient && IsParallelWorker()))
		return;
	const bool is_for_client = error_context == kErrorToClient;
	const char *former = is_for_client                  ? error->context
						 : error->detail_log != nullptr ? error->detail_log
														: error->detail;
	char *text = with_tenant(former, tenant->text, identity_value(core::Header::kRequestId));
	if (text == nullptr)
		return;
	if (is_for_client)
		error->context = text;
	else
		error->detail_log = text;
}

void watch_failures() {
	RegisterXactCallback(transaction_ended, nullptr);
	RegisterSubXactCallback(subtransaction_ended, nullptr);
}

} // namespace pg_tenant::context
