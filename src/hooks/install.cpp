// The whole chain on one screen.
#include "hooks/hooks.hpp"

#include "alerts/launcher.hpp"
#include "context/deferred.hpp"
#include "context/failure.hpp"
#include "context/portals.hpp"
#include "context/leftovers.hpp"
#include "context/seal.hpp"
#include "context/settings.hpp"
#include "events/notices.hpp"
#include "events/number.hpp"
#include "events/writes.hpp"
#include "isolation/new_tables.hpp"
#include "limits/resources.hpp"
#include "limits/shared.hpp"
#include "limits/statement.hpp"
#include "pg/error.hpp"
#include "pg/explain_node.hpp"
#include "planning/skew.hpp"
#include "planning/trust.hpp"
#include "quotas/changes.hpp"
#include "quotas/counts.hpp"
#include "quotas/statement.hpp"
#include "registry/configuration.hpp"
#include "registry/grants.hpp"
#include "registry/relations.hpp"
#include "registry/tenants.hpp"
#include "stats/all_tenants.hpp"
#include "stats/session.hpp"
#include "stats/table.hpp"

extern "C" {
#include "commands/seclabel.h"
#include "utils/inval.h"
#include "utils/plancache.h"
}

namespace pg_tenant::hooks {

Previous previous;

namespace {

void relcache_message(Datum, Oid relation) {
	registry::forget_relation(relation);
	registry::forget_tenants(relation);
	registry::forget_configurations(relation);
	registry::forget_grants(relation);
	planning::forget_sizes(relation);
	planning::forget_trust(relation);
	quotas::forget_tables(relation);
}

void request_memory() {
	if (previous.shmem_request != nullptr)
		previous.shmem_request();
	stats::request_memory();
	stats::request_table_memory();
	events::request_notice_memory();
	limits::request_memory();
	quotas::request_memory();
}

void make_memory() {
	if (previous.shmem_startup != nullptr)
		previous.shmem_startup();
	stats::make_memory();
	stats::make_table_memory();
	events::make_notice_memory();
	limits::make_memory();
	quotas::make_memory();
}

void tenant_assigned(const core::TenantId *tenant) {
	stats::tenant_changed();
	if (tenant != nullptr)
		planning::drop_plans_of_other_size(*tenant);
	limits::note_tenant(tenant == nullptr ? nullptr : tenant->text);
}

template <typename Hook> Hook or_standard(Hook set, Hook standard) { return set != nullptr ? set : standard; }

} // namespace

void install() {
	// Raises when the server has no room for another callback, so it comes first.
	CacheRegisterRelcacheCallback(relcache_message, 0);

	context::watch_transactions();
	context::watch_failures();
	context::watch_seal();
	context::watch_leftovers();
	context::watch_portals();
	isolation::watch_new_tables();
	events::watch_numbering();
	events::watch_writes();
	stats::watch_statements();
	quotas::watch_transactions();
	context::tenant_assigned = tenant_assigned;
	planning::watch_functions();

	previous.query_analyzed = post_parse_analyze_hook;
	previous.planner = or_standard(planner_hook, &standard_planner);
	previous.needs_function_hook = needs_fmgr_hook;
	previous.relation_info = get_relation_info_hook;
	previous.relation_paths = set_rel_pathlist_hook;
	previous.statistics = get_relation_stats_hook;
	previous.executor_start = or_standard(ExecutorStart_hook, &standard_ExecutorStart);
	previous.executor_run = or_standard(ExecutorRun_hook, &standard_ExecutorRun);
	previous.executor_finish = or_standard(ExecutorFinish_hook, &standard_ExecutorFinish);
	previous.process_utility = or_standard(ProcessUtility_hook, &standard_ProcessUtility);
	previous.object_access = object_access_hook;
	previous.check_permissions = ExecutorCheckPerms_hook;
	previous.emit_log = emit_log_hook;

	previous.shmem_request = shmem_request_hook;
	previous.shmem_startup = shmem_startup_hook;

	post_parse_analyze_hook = query_analyzed;
	planner_hook = plan;
	needs_fmgr_hook = forbids_inlining;
	get_relation_info_hook = relation_planned;
	set_rel_pathlist_hook = paths_found;
	get_relation_stats_hook = statistics_wanted;
	ExecutorStart_hook = executor_start;
	ExecutorRun_hook = executor_run;
	ExecutorFinish_hook = executor_finish;
	ProcessUtility_hook = process_utility;
	object_access_hook = object_accessed;
	ExecutorCheckPerms_hook = check_permissions;
	emit_log_hook = error_reported;
	pg::describe_nodes_by(describe_filter);
	// Shared memory is to be had only while the server starts.
	if (pg::loaded_by == pg::LoadedBy::kShared) {
		shmem_request_hook = request_memory;
		shmem_startup_hook = make_memory;
		limits::hold_resource_settings();
		limits::watch_transactions();
	}
	alerts::register_launcher();
	register_label_provider(registry::kLabelProvider, label_given);
	// A session that the library was not loaded with has plans that none of these has seen, also of
	// ri_triggers.c.
	ResetPlanCache();
}

} // namespace pg_tenant::hooks
