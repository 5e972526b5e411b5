#include "limits/sources.hpp"

#include <algorithm>
#include <cstring>

extern "C" {
#include "common/hashfn.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/fmgrprotos.h"
#include "utils/guc.h"
}

namespace pg_tenant::limits {
namespace {

constexpr int kRoom = 32768;
constexpr int kMostOfTenant = 64; // of each kind
// That are looked at for one that nobody would miss.
constexpr int kTries = 64;

// One that is its tenant's changes hands only under that tenant's lock.
struct Source {
	Shared *owner; // NULL where it is free
	uint64 hash;   // of what it is called; two of the same would share
	SourceKind kind;
	int next; // of the owner's, or of the free ones
	core::TokenBucket bucket;
};

struct Common {
	int free;
	int hand; // where to look next for one that is full
	Source sources[kRoom];
};

Common *common = nullptr;
// For the lists: shared to read them, exclusive to change them.
LWLock *lock = nullptr;

// What this session found last. Another may have it by now.
struct Found {
	uint64 hash;
	int number; // kNobody: one that is shared
};
Found found[kSourceKinds] = {{0, kNobody}, {0, kNobody}, {0, kNobody}};

// Anybody may be another application with each statement: there is nothing to be had by that.
bool is_free_to_choose(SourceKind kind) { return kind == kApplication; }

bool is_still(const Shared *owner, SourceKind kind, const Found &what) {
	if (what.number == kNobody)
		return false;
	const Source &source = common->sources[what.number];
	return source.owner == owner && source.kind == kind && source.hash == what.hash;
}

int find_in_list(const Shared *shared, SourceKind kind, uint64 hash) {
	int number = shared->sources[kind].first;
	while (number != kNobody && common->sources[number].hash != hash)
		number = common->sources[number].next;
	return number;
}

// Without counting anything: when it was used last is still to be seen.
bool is_full(core::TokenBucket bucket, int64 now) { return bucket.is_full(now); }

void follow_rate(core::TokenBucket *bucket, double rate, double burst, int64 now) {
	if (bucket->rate == 0)
		bucket->start(rate, burst, now);
	else
		bucket->change(rate, burst, now);
}

void follow_rest(SourceList *list, SourceKind kind, const Rate &rate, int64 now) {
	follow_rate(&list->rest, rate.rate, is_free_to_choose(kind) ? rate.burst * kMostOfTenant : rate.burst,
				now);
}

// Under the tenant's lock. A new application brings a full bucket, and that is taken from what all that are
// new have together.
bool may_be_new(SourceList *list, SourceKind kind, const Rate &rate, int64 now) {
	follow_rest(list, kind, rate, now);
	(void)list->rest.has_one(now);
	return !is_free_to_choose(kind) || list->rest.tokens >= rate.burst;
}

// What follows is called under the exclusive lock.

void take_out(int number) {
	const Source &source = common->sources[number];
	SourceList *list = &source.owner->sources[source.kind];
	int *link = &list->first;
	while (*link != number)
		link = &common->sources[*link].next;
	*link = source.next;
	list->count--;
}

void set_free(int number) {
	Source *source = &common->sources[number];
	take_out(number);
	with_lock(source->owner, [&] { source->owner = nullptr; });
	source->next = common->free;
	common->free = number;
}

bool is_full_source(const Source &source, int64 now) {
	bool full;
	with_lock(source.owner, [&] { full = is_full(source.bucket, now); });
	return full;
}

// Who changes its name often leaves those behind that were used once.
bool free_oldest_of(const Shared *shared, SourceKind kind, int64 now) {
	int oldest = kNobody;
	for (int i = shared->sources[kind].first; i != kNobody; i = common->sources[i].next) {
		const Source &source = common->sources[i];
		if (is_full_source(source, now) &&
			(oldest == kNobody || source.bucket.counted_to < common->sources[oldest].bucket.counted_to))
			oldest = i;
	}
	if (oldest != kNobody)
		set_free(oldest);
	return oldest != kNobody;
}

void free_any(int64 now) {
	for (int i = 0; i < kTries && common->free == kNobody; i++) {
		const int number = common->hand;
		common->hand = (number + 1) % kRoom;
		if (is_full_source(common->sources[number], now))
			set_free(number);
	}
}

// Whether there is one to take.
bool make_room(const Shared *shared, SourceKind kind, int64 now) {
	if (shared->sources[kind].count >= kMostOfTenant && !free_oldest_of(shared, kind, now))
		return false;
	if (common->free == kNobody)
		free_any(now);
	return common->free != kNobody;
}

int add(Shared *shared, SourceKind kind, uint64 hash, const Rate &rate, int64 now) {
	SourceList *list = &shared->sources[kind];
	const int number = common->free;
	Source *source = &common->sources[number];
	common->free = source->next;
	with_lock(shared, [&] {
		*source = {shared, hash, kind, list->first, {}};
		source->bucket.start(rate.rate, rate.burst, now);
		if (is_free_to_choose(kind))
			list->rest.spend(rate.burst);
	});
	list->first = number;
	list->count++;
	return number;
}

int find_or_add(Shared *shared, SourceKind kind, uint64 hash, const Rate &rate, int64 now) {
	LWLockAcquire(lock, LW_SHARED);
	int number = find_in_list(shared, kind, hash);
	LWLockRelease(lock);
	if (number != kNobody)
		return number;
	bool may_add;
	with_lock(shared, [&] { may_add = may_be_new(&shared->sources[kind], kind, rate, now); });
	if (!may_add)
		return kNobody;
	LWLockAcquire(lock, LW_EXCLUSIVE);
	number = find_in_list(shared, kind, hash);
	if (number == kNobody && make_room(shared, kind, now))
		number = add(shared, kind, hash, rate, now);
	LWLockRelease(lock);
	return number;
}

// The host of the connection, as text. A socket of this machine is one address, whoever uses it.
const char *client_address() {
	static char address[64] = "";
	if (address[0] != '\0')
		return address;
	LOCAL_FCINFO(call, 0);
	InitFunctionCallInfoData(*call, nullptr, 0, InvalidOid, nullptr, nullptr);
	const Datum host = inet_client_addr(call);
	strlcpy(address, call->isnull ? "local" : DatumGetCString(DirectFunctionCall1(inet_out, host)),
			sizeof(address));
	return address;
}

uint64 hash_of_text(const char *text) {
	return hash_bytes_extended(reinterpret_cast<const unsigned char *>(text), static_cast<int>(strlen(text)),
							   0);
}

// A session's address does not change.
uint64 hash_of_address() {
	static uint64 hash = 0;
	if (hash == 0)
		hash = hash_of_text(client_address());
	return hash;
}

uint64 present_hash(SourceKind kind) {
	switch (kind) {
	case kRole:
		// SET ROLE does not change it.
		return GetSessionUserId();
	case kAddress:
		return hash_of_address();
	default:
		return hash_of_text(application_name);
	}
}

SourceKind kind_of(int number) { return static_cast<SourceKind>(number); }

// Under the tenant's lock.
core::TokenBucket *bucket_of(Shared *shared, SourceKind kind, const Rate &rate, int64 now) {
	if (is_still(shared, kind, found[kind])) {
		core::TokenBucket *bucket = &common->sources[found[kind].number].bucket;
		follow_rate(bucket, rate.rate, rate.burst, now);
		return bucket;
	}
	follow_rest(&shared->sources[kind], kind, rate, now);
	return &shared->sources[kind].rest;
}

} // namespace

Size sources_size() { return sizeof(Common); }

void make_sources(void *memory, bool is_new, LWLock *for_sources) {
	lock = for_sources;
	common = static_cast<Common *>(memory);
	if (!is_new)
		return;
	common->hand = 0;
	common->free = kNobody;
	for (int i = 0; i < kRoom; i++) {
		common->sources[i] = {};
		common->sources[i].next = common->free;
		common->free = i;
	}
}

bool are_sources_full(const Shared *shared, int64 now) {
	bool full = true;
	LWLockAcquire(lock, LW_SHARED);
	for (const SourceList &list : shared->sources) {
		full = full && is_full(list.rest, now);
		for (int i = list.first; full && i != kNobody; i = common->sources[i].next)
			full = is_full(common->sources[i].bucket, now);
	}
	LWLockRelease(lock);
	return full;
}

void drop_sources(Shared *shared) {
	LWLockAcquire(lock, LW_EXCLUSIVE);
	for (const SourceList &list : shared->sources) {
		while (list.first != kNobody)
			set_free(list.first);
	}
	LWLockRelease(lock);
}

void find_sources(Shared *shared, const Rules &rules, int64 now) {
	for (int i = 0; i < kSourceKinds; i++) {
		const SourceKind kind = kind_of(i);
		if (likely(rules.of_sources[i].rate == 0))
			continue;
		const uint64 hash = present_hash(kind);
		if (found[i].hash == hash && is_still(shared, kind, found[i]))
			continue;
		found[i] = {hash, find_or_add(shared, kind, hash, rules.of_sources[i], now)};
	}
}

bool take_tokens(Shared *shared, const Rules &rules, int64 now, Shortage *shortage) {
	core::TokenBucket *buckets[kSourceKinds + 1];
	SourceKind kinds[kSourceKinds + 1] = {};
	int count = 0;
	for (int i = 0; i < kSourceKinds; i++) {
		if (rules.of_sources[i].rate == 0)
			continue;
		kinds[count] = kind_of(i);
		buckets[count++] = bucket_of(shared, kind_of(i), rules.of_sources[i], now);
	}
	const int of_sources = count;
	if (rules.of_tenant.rate > 0) {
		follow_rate(&shared->bucket, rules.of_tenant.rate, rules.of_tenant.burst, now);
		buckets[count++] = &shared->bucket;
	} else {
		shared->bucket = {};
	}
	const int refused = core::take_from_all(buckets, count, now);
	if (refused < 0)
		return true;
	*shortage = {buckets[refused]->wait(), refused < of_sources, kinds[refused],
				 buckets[refused] == &shared->sources[kinds[refused]].rest};
	return false;
}

const char *source_name(SourceKind kind) {
	switch (kind) {
	case kRole:
		return GetUserNameFromId(GetSessionUserId(), true);
	case kAddress:
		return client_address();
	default:
		return application_name;
	}
}

} // namespace pg_tenant::limits
