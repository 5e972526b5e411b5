#include "deletion/purge.hpp"

#include "context/frame.hpp"
#include "context/settings.hpp"
#include "deletion/removal.hpp"
#include "isolation/catalog.hpp"
#include "isolation/protect.hpp"
#include "pg/compat.hpp"
#include "pg/error.hpp"
#include "pg/progress.hpp"
#include "pg/spi.hpp"
#include "registry/relations.hpp"
#include "registry/require.hpp"

extern "C" {
#include "catalog/pg_class_d.h"
#include "catalog/pg_inherits.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
}

namespace pg_tenant::deletion {
namespace {

constexpr int kBatch = 10000;

// Whose rows are purged, as it was when the purge began: none where there is no tenant, or all are seen.
const core::TenantId *purging_for;
bool purging_for_all;

// Raises what a statement of the tenant meets there.
void require_tenant_for(Oid relation) {
	if (!purging_for_all && registry::is_protected(relation))
		registry::require_for_use(purging_for, registry::use_of_written(relation));
}

bool admit(const Target &target) {
	if (!registry::is_soft_deleted(target.relation))
		return false;
	require_tenant_for(target.relation);
	return true;
}

// Policies of the table's own are not asked for each row, so they are for those who may disregard them.
bool may_purge(Oid table, bool raises) {
	const Oid role = GetUserId();
	if (pg_class_aclcheck(table, role, ACL_DELETE) != ACLCHECK_OK) {
		if (raises)
			aclcheck_error(ACLCHECK_NO_PRIV, OBJECT_TABLE, get_rel_name(table));
		return false;
	}
	if (isolation::policies_of(table).others == 0 || pg::owns_relation(table, role) ||
		has_bypassrls_privilege(role))
		return true;
	if (raises)
		ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
						errmsg("must be owner of table %s to purge it", get_rel_name(table)),
						errdetail("It has policies of its own, which a purge does not ask.")));
	return false;
}

// The tenant's own rows, where the table is protected; false if the table cannot have any.
bool confine(Target *target) {
	const registry::Protection protection = registry::protection_of(target->relation);
	if (purging_for_all || purging_for == nullptr || protection.column == InvalidAttrNumber)
		return true;
	target->condition = psprintf("x.%s OPERATOR(pg_catalog.=) %s AND %s",
								 quote_identifier(get_attname(target->relation, protection.column, false)),
								 pg::literal(protection.type, purging_for->text), target->condition);
	return isolation::fits_column(*purging_for, protection.type);
}

void report_left(Removal *removal, const Target &target, const Removed &removed) {
	if (removed.found == removed.deleted && !target.is_cyclic)
		return;
	const int64 left = count_rows(removal, target);
	if (left > 0)
		ereport(NOTICE,
				(errmsg_plural(INT64_FORMAT " row of \"%s\" stays", INT64_FORMAT " rows of \"%s\" stay", left,
							   left, get_rel_name(target.relation)),
				 errdetail("Other rows that stay reference them, or transactions that run now use them.")));
}

// Rows of these tables may reference each other: what nothing references any more goes next.
int64 purge_group(Removal *removal, const Target *targets, int count, Oid counted) {
	auto *removed = static_cast<Removed *>(palloc0(count * sizeof(Removed)));
	int64 deleted = 0;
	int64 last;
	do {
		last = 0;
		for (int i = 0; i < count; i++) {
			const Removed now = remove_rows(
				removal, targets[i], targets[i].is_cyclic ? References::kSought : References::kChecked);
			removed[i].found += now.found;
			removed[i].deleted += now.deleted;
			last += now.deleted;
			if (!OidIsValid(counted) || targets[i].table == counted)
				deleted += now.deleted;
		}
	} while (last > 0 && targets[0].is_cyclic);
	for (int i = 0; i < count; i++)
		report_left(removal, targets[i], removed[i]);
	return deleted;
}

int64 purge_targets(Removal *removal, const Targets &targets, Oid counted) {
	int64 deleted = 0;
	removal->progress.tables_total = targets.count;
	for (int first = 0, end = 0; first < targets.count; first = end) {
		while (end < targets.count && targets.items[end].place == targets.items[first].place)
			end++;
		deleted += purge_group(removal, targets.items + first, end - first, counted);
		removal->progress.tables_done = end;
	}
	return deleted;
}

// Leaves out tables from which the caller may not delete, and such as cannot have rows of the tenant.
void keep_own(Targets *targets) {
	int kept = 0;
	for (int i = 0; i < targets->count; i++) {
		Target target = targets->items[i];
		if (may_purge(target.table, false) && confine(&target))
			targets->items[kept++] = target;
	}
	targets->count = kept;
}

template <typename Call> void purging(bool sees_all, Call call) {
	core::TenantId tenant;
	const core::TenantId *live = sees_all ? nullptr : context::live_tenant();
	if (live != nullptr)
		tenant = *live;
	pg::with_value(&purging_for_all, sees_all, [&] {
		pg::with_value(&purging_for, live == nullptr ? nullptr : static_cast<const core::TenantId *>(&tenant),
					   [&] { pg::with_progress(call); });
	});
}

Removal removal_of(Command command, TimestampTz moment, int batch) {
	Removal removal = {};
	removal.progress.command = command;
	removal.moment = moment;
	removal.batch = batch;
	removal.is_by_caller = purging_for_all;
	removal.leaves_used = true;
	removal.admit = admit;
	return removal;
}

// The table and all below it, as an array for SQL.
const char *members_of(Oid table) {
	StringInfoData text;
	initStringInfo(&text);
	ListCell *cell;
	foreach (cell, find_all_inheritors(table, AccessShareLock, nullptr))
		appendStringInfo(&text, "%s%u", text.len == 0 ? "ARRAY[" : ", ", lfirst_oid(cell));
	appendStringInfoString(&text, "]::pg_catalog.oid[]");
	return text.data;
}

constexpr char kTargets[] =
	"SELECT o.tbl, o.top, o.place, o.is_cyclic, tenant.unreferenced(o.tbl), tenant.falls_with(o.tbl, %s)"
	" FROM tenant.removal_order(tenant.purged_with(%s)) o ORDER BY o.place";

} // namespace

void require_purgeable_table(Oid table) {
	if (get_rel_relkind(table) == '\0')
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_TABLE), errmsg("there is no table with OID %u", table)));
	if (!registry::is_soft_deleted(table))
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
						errmsg("rows of \"%s\" are not soft-deleted", get_rel_name(table))));
	(void)may_purge(table, true);
}

int64 purge_table(Oid table, TimestampTz moment, bool sees_all) {
	int64 deleted = 0;
	purging(sees_all, [&] {
		// Otherwise a table that cannot have rows of it is left out.
		require_tenant_for(table);
		Removal removal = removal_of(Command::kPurgeDeleted, moment, kBatch);
		pg::begin_committing_sql();
		const char *members = members_of(table);
		Targets targets = read_targets(psprintf(kTargets, members, members));
		keep_own(&targets);
		deleted = purge_targets(&removal, targets, table);
		pg::end_sql();
	});
	return deleted;
}

void purge_all(TimestampTz moment, int batch, bool sees_all) {
	purging(sees_all, [&] {
		Removal removal = removal_of(Command::kPurgeAll, moment, batch);
		pg::begin_committing_sql();
		constexpr char all[] = "ARRAY(SELECT tbl::pg_catalog.oid FROM tenant.soft_deleted_tables)";
		Targets targets = read_targets(psprintf(kTargets, all, all));
		keep_own(&targets);
		(void)purge_targets(&removal, targets, InvalidOid);
		pg::end_sql();
	});
}

} // namespace pg_tenant::deletion
