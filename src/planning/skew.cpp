#include "planning/skew.hpp"

#include <cstring>

#include "context/frame.hpp"
#include "pg/hash.hpp"
#include "pg/privileges.hpp"
#include "planning/shape.hpp"
#include "planning/sizes.hpp"
#include "registry/recent.hpp"
#include "registry/relations.hpp"

extern "C" {
#include "common/hashfn.h"
#include "utils/acl.h"
#include "utils/inval.h"
#include "utils/syscache.h"
}

namespace pg_tenant::planning {
namespace {

// The sizes of the tenants that a plan is good for.
struct Range {
	SizeClass least;
	SizeClass most;

	bool holds(SizeClass size) const { return size > least - kTenfold && size < most + kTenfold; }
};

// A relation whose tenants differ in size, or do not: then it has no list. Owns its arrays.
struct Relation {
	Oid oid;
	dlist_node node;
	Sizes sizes;
	// For which there may be plans in the plan cache.
	Range *ranges;
	int count;
	int capacity;
};

// A statement's use of a relation, and the plan that it got last.
struct Use {
	uint32 text;
	int location;
	Oid relation;
};

struct LastPlan {
	uint32 shape;
	Range range;

	void release() {}
};

constexpr int kMaxUses = 4096;

MemoryContext memory = nullptr;
HTAB *relations = nullptr;
dlist_head all_relations = DLIST_STATIC_INIT(all_relations);
registry::RecentTable<Use, LastPlan> last_plans = {"pg_tenant plans", nullptr, nullptr, {}};

// Most tenants are of the usual size everywhere: which are not, by a part of their hash.
constexpr uint32 kListedBits = 4096;
uint64 listed[kListedBits / 64];
// The tenant that was set last, and whether a plan was made for another one since.
uint32 followed = 0;
bool is_planned_for_another = false;

uint64 *word_of(uint32 tenant) { return &listed[tenant % kListedBits / 64]; }

uint64 bit_of(uint32 tenant) { return UINT64CONST(1) << (tenant % 64); }

bool may_be_listed(uint32 tenant) { return (*word_of(tenant) & bit_of(tenant)) != 0; }

void create() {
	if (memory == nullptr)
		memory = AllocSetContextCreate(CacheMemoryContext, "pg_tenant sizes", ALLOCSET_DEFAULT_SIZES);
	relations = pg::make_hash_table<Oid, Relation>("pg_tenant sizes", 64, memory);
}

void forget(Relation *relation) {
	if (relation->sizes.tenants != nullptr)
		pfree(relation->sizes.tenants);
	if (relation->ranges != nullptr)
		pfree(relation->ranges);
	dlist_delete(&relation->node);
	(void)hash_search(relations, &relation->oid, HASH_REMOVE, nullptr);
}

// Valid until the next relcache message.
Relation *learn(Oid oid, AttrNumber column) {
	if (relations == nullptr)
		create();
	auto *known = static_cast<Relation *>(hash_search(relations, &oid, HASH_FIND, nullptr));
	if (likely(known != nullptr))
		return known;
	Sizes sizes = read_sizes(oid, column);
	const std::size_t bytes = sizeof(TenantSize) * static_cast<std::size_t>(sizes.count);
	if (bytes > 0)
		sizes.tenants =
			static_cast<TenantSize *>(memcpy(MemoryContextAlloc(memory, bytes), sizes.tenants, bytes));
	else
		sizes.tenants = nullptr;
	auto *relation = static_cast<Relation *>(hash_search(relations, &oid, HASH_ENTER, nullptr));
	*relation = {oid, {}, sizes, nullptr, 0, 0};
	dlist_push_head(&all_relations, &relation->node);
	for (int i = 0; i < sizes.count; i++)
		*word_of(sizes.tenants[i].tenant) |= bit_of(sizes.tenants[i].tenant);
	return relation;
}

// What the plan cache takes for the hash of a function that the plan calls. Should a function have it, the
// plan is made again when that changes, and no harm done; 0 would stand for all functions.
uint32 tag_of(Oid relation, Range range) {
	const uint32 tag = hash_combine(murmurhash32(relation), murmurhash32(range.least * 256U + range.most));
	return tag == 0 ? 1 : tag;
}

void note_range(Relation *relation, Range range) {
	for (int i = 0; i < relation->count; i++) {
		if (relation->ranges[i].least == range.least && relation->ranges[i].most == range.most)
			return;
	}
	if (relation->count == relation->capacity) {
		const int capacity = relation->capacity + 8;
		const std::size_t bytes = sizeof(Range) * static_cast<std::size_t>(capacity);
		relation->ranges =
			static_cast<Range *>(relation->ranges == nullptr ? MemoryContextAlloc(memory, bytes)
															 : repalloc(relation->ranges, bytes));
		relation->capacity = capacity;
	}
	relation->ranges[relation->count++] = range;
}

// What the plan is good for: besides the tenants of this size those that got the same plan before.
Range range_of(const Use &use, uint32 shape, SizeClass size) {
	LastPlan *last = last_plans.enter(use, kMaxUses);
	if (last->shape != shape)
		*last = {shape, {size, size}};
	if (size < last->range.least)
		last->range.least = size;
	if (size > last->range.most)
		last->range.most = size;
	return last->range;
}

void add_tag(PlannedStmt *plan, uint32 tag) {
	PlanInvalItem *item = makeNode(PlanInvalItem);
	item->cacheId = PROCOID;
	item->hashValue = tag;
	plan->invalItems = lappend(plan->invalItems, item);
}

// Whether the plan looks for the tenant's rows here: where it only inserts, it does not; and for partitions
// and children the parent answers.
bool looks_for_rows(const PlannedStmt *plan, RangeTblEntry *entry) {
	return entry->rtekind == RTE_RELATION &&
		   (pg::required_privileges(plan, entry) & (ACL_SELECT | ACL_UPDATE | ACL_DELETE)) != 0;
}

void drop_plans(Relation *relation, SizeClass size) {
	int kept = 0;
	for (int i = 0; i < relation->count; i++) {
		const Range range = relation->ranges[i];
		if (range.holds(size))
			relation->ranges[kept++] = range;
		else
			CallSyscacheCallbacks(PROCOID, tag_of(relation->oid, range));
	}
	relation->count = kept;
}

template <typename Call> void for_each_relation(Call call) {
	for (dlist_node *node = all_relations.head.next; node != &all_relations.head;) {
		auto *relation =
			reinterpret_cast<Relation *>(reinterpret_cast<char *>(node) - offsetof(Relation, node));
		node = node->next;
		call(relation);
	}
}

} // namespace

void note_reusable_plan(PlannedStmt *plan, const char *text) {
	const core::TenantId *tenant = context::statement_tenant();
	const uint32 hash = tenant == nullptr ? 0 : tenant->hash;
	uint32 shape = 0;
	Use use = {0, plan->stmt_location, InvalidOid};
	ListCell *cell;
	foreach (cell, plan->rtable) {
		auto *entry = static_cast<RangeTblEntry *>(lfirst(cell));
		if (!looks_for_rows(plan, entry))
			continue;
		const registry::Protection protection = registry::protection_of(entry->relid);
		if (protection.column == InvalidAttrNumber)
			continue;
		Relation *relation = learn(entry->relid, protection.column);
		if (relation->sizes.count == 0)
			continue;
		if (shape == 0) {
			shape = shape_of(plan);
			use.text = string_hash(text, strlen(text) + 1);
		}
		use.relation = entry->relid;
		const SizeClass size = tenant == nullptr ? 0 : size_of(relation->sizes, hash);
		const Range range = range_of(use, shape, size);
		note_range(relation, range);
		add_tag(plan, tag_of(entry->relid, range));
		is_planned_for_another = is_planned_for_another || tenant == nullptr || hash != followed;
	}
}

void drop_plans_of_other_size(const core::TenantId &tenant) {
	if (likely(tenant.hash == followed && !is_planned_for_another))
		return;
	const bool is_usual = !may_be_listed(tenant.hash) && !may_be_listed(followed);
	followed = tenant.hash;
	if (likely(is_usual && !is_planned_for_another))
		return;
	is_planned_for_another = false;
	for_each_relation([&tenant](Relation *relation) {
		if (relation->count > 0)
			drop_plans(relation, size_of(relation->sizes, tenant.hash));
	});
}

void forget_sizes(Oid oid) {
	if (relations == nullptr)
		return;
	auto *known = static_cast<Relation *>(hash_search(relations, &oid, HASH_FIND, nullptr));
	if (known != nullptr)
		forget(known);
	else if (!OidIsValid(oid))
		for_each_relation(forget);
}

} // namespace pg_tenant::planning
