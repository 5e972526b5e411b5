#include "deletion/purge_tenant.hpp"

#include "context/settings.hpp"
#include "deletion/removal.hpp"
#include "isolation/catalog.hpp"
#include "isolation/protect.hpp"
#include "pg/error.hpp"
#include "pg/progress.hpp"
#include "pg/spi.hpp"
#include "registry/relations.hpp"
#include "registry/require.hpp"
#include "registry/table.hpp"
#include "registry/tenants.hpp"

extern "C" {
#include "executor/spi.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "storage/lock.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
}

namespace pg_tenant::deletion {

using core::TenantId;
using isolation::as_registry;
using registry::purged_tenant;

namespace {

constexpr int kBatch = 10000;

// Until the transaction ends. What triggers of the rows do is done for the tenant, by the table's owner, whom
// policies bind.
void become_tenant() {
	context::assign_setting(core::Header::kTenantId, purged_tenant->text, true);
	(void)set_config_option("row_security", "on", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_LOCAL, true, 0,
							false);
}

bool admit(const Target &target) {
	if (!registry::is_protected(target.relation))
		return false;
	become_tenant();
	return true;
}

const char *quoted_tenant() { return quote_literal_cstr(purged_tenant->text); }

const char *quoted_caller() { return quote_literal_cstr(GetUserNameFromId(GetUserId(), false)); }

void note(const Target &target, int64 removed) {
	as_registry([&] {
		pg::run_sql("SELECT tenant.note_purged(%s, %u, " INT64_FORMAT ")", quoted_tenant(), target.table,
					removed);
	});
}

// The protected tables that can have rows of the tenant.
Targets targets_of_tenant() {
	Targets targets = read_targets(
		"SELECT o.tbl, o.top, o.place, o.is_cyclic, tenant.unreferenced(o.tbl), NULL"
		" FROM tenant.removal_order(ARRAY(SELECT p.tbl::pg_catalog.oid FROM tenant.protected_tables p"
		" JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) p.tbl::pg_catalog.oid"
		" WHERE c.relkind OPERATOR(pg_catalog.=) 'r')) o ORDER BY o.place");
	int kept = 0;
	for (int i = 0; i < targets.count; i++) {
		Target target = targets.items[i];
		const registry::Protection protection = registry::protection_of(target.relation);
		if (!isolation::fits_column(*purged_tenant, protection.type))
			continue;
		target.condition = psprintf("x.%s OPERATOR(pg_catalog.=) %s",
									quote_identifier(get_attname(target.relation, protection.column, false)),
									pg::literal(protection.type, purged_tenant->text));
		targets.items[kept++] = target;
	}
	targets.count = kept;
	return targets;
}

// Statements of the tenant that had begun before it was deleted hold locks on their tables till their
// transactions end.
void wait_for_writers(const Targets &targets) {
	List *tags = NIL;
	for (int i = 0; i < targets.count; i++) {
		const Oid relations[] = {targets.items[i].table, targets.items[i].relation};
		for (const Oid relation : relations) {
			auto *tag = static_cast<LOCKTAG *>(palloc(sizeof(LOCKTAG)));
			SET_LOCKTAG_RELATION(*tag, MyDatabaseId, relation);
			tags = lappend(tags, tag);
		}
	}
	WaitForLockersMultiple(tags, ShareLock, false);
}

// Rows that nothing references any more, as long as that are many; then the rest, which may go in circles.
void remove_cyclic(Removal *removal, const Target *targets, int count) {
	int64 last;
	do {
		last = 0;
		for (int i = 0; i < count; i++)
			last += remove_rows(removal, targets[i], References::kSought).deleted;
	} while (last >= removal->batch);
	remove_together(removal, targets, count);
}

void remove_all(Removal *removal, const Targets &targets) {
	removal->progress.tables_total = targets.count;
	for (int first = 0, end = 0; first < targets.count; first = end) {
		removal->progress.tables_done = first;
		while (end < targets.count && targets.items[end].place == targets.items[first].place)
			end++;
		if (targets.items[first].is_cyclic) {
			remove_cyclic(removal, targets.items + first, end - first);
			continue;
		}
		for (int i = first; i < end; i++)
			(void)remove_rows(removal, targets.items[i], References::kIgnored);
	}
}

// The first table that still has rows, or NULL.
const Target *find_left(Removal *removal, const Targets &targets) {
	for (int i = 0; i < targets.count; i++) {
		if (count_rows(removal, targets.items[i]) > 0)
			return &targets.items[i];
	}
	return nullptr;
}

// What is not removed: it is said, since somebody has to see to it.
void report_copies() {
	as_registry([] {
		const char *copies =
			pg::query_text("SELECT pg_catalog.string_agg(p.tbl::pg_catalog.text, ', ' ORDER BY"
						   " p.tbl::pg_catalog.text COLLATE \"C\") FROM tenant.protected_tables p"
						   " JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) p.tbl::pg_catalog.oid"
						   " WHERE c.relkind OPERATOR(pg_catalog.=) ANY (ARRAY['m', 'f'])"
						   " OR pg_catalog.pg_is_other_temp_schema(c.relnamespace)");
		if (copies != nullptr)
			ereport(
				WARNING,
				(errmsg("relations that a purge does not reach may have rows of the tenant: %s", copies),
				 errdetail(
					 "They are materialized views, foreign tables, and temporary tables of other sessions."),
				 errhint("REFRESH MATERIALIZED VIEW; delete rows on the server that has them.")));
	});
}

void report_counts() {
	as_registry([] {
		if (SPI_execute(
				psprintf("SELECT tbl, rows FROM tenant.purged_rows WHERE tenant_id OPERATOR(pg_catalog.=) %s"
						 " AND started_at OPERATOR(pg_catalog.=) tenant.unfinished_purge(%s)"
						 " ORDER BY tbl COLLATE \"C\"",
						 quoted_tenant(), quoted_tenant()),
				true, 0) != SPI_OK_SELECT)
			elog(ERROR, "SPI_execute failed");
		for (uint64 i = 0; i < SPI_processed; i++)
			ereport(NOTICE, (errmsg("rows of %s that are removed: %s",
									SPI_getvalue(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1),
									SPI_getvalue(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 2))));
	});
}

// Till the session's transaction fails, or it is released.
LOCKTAG lock_purge() {
	LOCKTAG tag;
	SET_LOCKTAG_OBJECT(tag, MyDatabaseId, registry::own_relation("tenants"), purged_tenant->hash, 0);
	if (LockAcquire(&tag, ExclusiveLock, true, true) == LOCKACQUIRE_NOT_AVAIL)
		ereport(ERROR, (errcode(ERRCODE_OBJECT_IN_USE),
						errmsg("tenant \"%s\" is being purged by another session", purged_tenant->text)));
	return tag;
}

void begin(bool force) {
	const char *caller = quoted_caller();
	as_registry([&] {
		pg::run_sql("SELECT tenant.begin_purge(%s, %s, %s)", quoted_tenant(), force ? "true" : "false",
					caller);
	});
}

void finish() {
	const char *caller = quoted_caller();
	as_registry([&] { pg::run_sql("SELECT tenant.finish_purge(%s, %s)", quoted_tenant(), caller); });
}

Removal new_removal() {
	Removal removal = {};
	removal.progress.command = Command::kPurge;
	removal.batch = kBatch;
	removal.admit = admit;
	removal.note = note;
	return removal;
}

// Until a look at all tables, in the transaction that ends it all, finds no row.
void remove_until_none_left(Removal *removal) {
	Oid stuck = InvalidOid;
	for (;;) {
		const Targets targets = targets_of_tenant();
		report(removal->progress);
		wait_for_writers(targets);
		remove_all(removal, targets);
		const Target *left = find_left(removal, targets_of_tenant());
		if (left == nullptr)
			return;
		if (left->relation == stuck)
			ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
							errmsg("rows of \"%s\" do not go", get_rel_name(left->relation)),
							errdetail("A trigger keeps them, or they are written again.")));
		stuck = left->relation;
	}
}

template <typename Call> void purging(const char *tenant, Call call) {
	TenantId id;
	context::read_tenant_id(tenant, "tenant id", &id);
	registry::require_free("purge a tenant");
	pg::with_value(&purged_tenant, static_cast<const TenantId *>(&id), [&] { pg::with_progress(call); });
}

} // namespace

void require_purgeable_tenant(const char *tenant, bool force) {
	purging(tenant, [&] {
		pg::begin_sql();
		begin(force);
		pg::end_sql();
	});
}

void purge_tenant(const char *tenant, bool force) {
	purging(tenant, [&] {
		pg::begin_committing_sql();
		const LOCKTAG lock = lock_purge();
		begin(force);
		pg::commit_sql();
		Removal removal = new_removal();
		remove_until_none_left(&removal);
		report_counts();
		finish();
		report_copies();
		pg::commit_sql();
		(void)LockRelease(&lock, ExclusiveLock, true);
		pg::end_sql();
	});
}

void count_tenant(const char *tenant) {
	purging(tenant, [] {
		pg::begin_sql();
		if (registry::find_tenant(*purged_tenant)->status == registry::TenantStatus::kUnknown)
			ereport(ERROR, (errcode(ERRCODE_UNKNOWN_TENANT),
							errmsg("tenant \"%s\" is not registered", purged_tenant->text)));
		Removal removal = new_removal();
		const Targets targets = targets_of_tenant();
		const int level = NewGUCNestLevel();
		int64 rows = 0;
		for (int i = 0; i < targets.count; i++) {
			const Target &target = targets.items[i];
			rows += count_rows(&removal, target);
			if (i + 1 < targets.count && targets.items[i + 1].table == target.table)
				continue;
			if (rows > 0)
				ereport(NOTICE, (errmsg("rows of %s that would be removed: " INT64_FORMAT,
										pg::qualified_name(target.table), rows)));
			rows = 0;
		}
		AtEOXact_GUC(false, level);
		report_copies();
		pg::end_sql();
	});
}

} // namespace pg_tenant::deletion
