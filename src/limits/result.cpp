#include "limits/result.hpp"

#include "pg/error.hpp"

namespace pg_tenant::limits {
namespace {

CountingReceiver *counting_of(DestReceiver *receiver) {
	return reinterpret_cast<CountingReceiver *>(receiver);
}

[[noreturn]] void refuse_rows() {
	ereport(ERROR, (errcode(ERRCODE_TENANT_QUOTA_EXCEEDED),
					errmsg("a result of this tenant may have %lld rows", static_cast<long long>(most_rows())),
					errhint("Ask for fewer: narrower conditions, or LIMIT.")));
}

bool receive(TupleTableSlot *row, DestReceiver *receiver) {
	CountingReceiver *counting = counting_of(receiver);
	if (counting->left <= 0)
		refuse_rows();
	counting->left--;
	return counting->next->receiveSlot(row, counting->next);
}

void start(DestReceiver *receiver, int operation, TupleDesc descriptor) {
	DestReceiver *next = counting_of(receiver)->next;
	next->rStartup(next, operation, descriptor);
}

void shut_down(DestReceiver *receiver) {
	DestReceiver *next = counting_of(receiver)->next;
	next->rShutdown(next);
}

// The other belongs to whoever made it.
void destroy(DestReceiver *) {}

} // namespace

void make_counting(CountingReceiver *counting, DestReceiver *next, int64 most) {
	counting->receiver = {receive, start, shut_down, destroy, next->mydest};
	counting->next = next;
	counting->left = most;
}

bool is_result(const QueryDesc *query, bool is_clients) {
	switch (query->dest->mydest) {
	case DestRemote:
	case DestRemoteExecute:
	case DestRemoteSimple:
	case DestCopyOut:
		return true;
	case DestTuplestore:
		return is_clients;
	default:
		return false;
	}
}

void require_rows(int64 rows) {
	if (is_let_through_inside() && most_rows() != 0 && rows > most_rows())
		refuse_rows();
}

} // namespace pg_tenant::limits
