#include "limits/rules.hpp"

#include <algorithm>
#include <cstring>

#include "context/settings.hpp"
#include "registry/configuration.hpp"
#include "registry/merge_patch.hpp"
#include "registry/recent.hpp"

extern "C" {
#include "utils/builtins.h"
#include "utils/guc.h"
}

namespace pg_tenant::limits {
namespace {

constexpr int64 kMillisecond = 1000;
constexpr double kMinute = 60 * 1000;
constexpr double kMost = 1e18;
// The least that the settings may be, in kB.
constexpr int kLeastMemory = 64;
constexpr int kLeastMaintenanceMemory = 1024;

// Owns what it points to.
struct Known {
	const char *id;
	uint64 generation;
	bool is_limited;
	Rules rules;
	Quota quota;

	void release() {
		if (id != nullptr)
			pfree(const_cast<char *>(id));
	}
};

registry::RecentTable<uint32, Known> cache = {"pg_tenant limits", nullptr, nullptr, {}};

// The one that was asked for last: next to nothing for a tenant without limits.
struct Last {
	const Known *known;
	core::TenantId id;
};
Last last = {};

[[noreturn]] void refuse_value(const char *key) {
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("invalid value of configuration key \"%s\"", key)));
}

double read_number(const Jsonb *config, const char *key, double otherwise, double least = 0) {
	JsonbValue value;
	if (!registry::find_value(config, key, &value))
		return otherwise;
	if (value.type != jbvNumeric)
		refuse_value(key);
	const double number =
		DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow, NumericGetDatum(value.val.numeric)));
	if (!(number >= least))
		refuse_value(key);
	return number;
}

int read_count(const Jsonb *config, const char *key, int otherwise) {
	return static_cast<int>(std::min<double>(read_number(config, key, otherwise), PG_INT32_MAX));
}

// As settings are written: '500ms', '64MB'.
double read_quantity(const Jsonb *config, const char *key, double otherwise, int unit) {
	JsonbValue value;
	double quantity = otherwise;
	if (registry::find_value(config, key, &value)) {
		if (value.type != jbvString)
			refuse_value(key);
		const char *text = pnstrdup(value.val.string.val, static_cast<Size>(value.val.string.len));
		if (!parse_real(text, &quantity, unit, nullptr) || !(quantity >= 0))
			refuse_value(key);
	}
	return quantity;
}

int read_time(const Jsonb *config, const char *key, double otherwise) {
	return static_cast<int>(
		std::min<double>(read_quantity(config, key, otherwise, GUC_UNIT_MS), PG_INT32_MAX));
}

// In kB. The server has a least value of its own.
int read_memory(const Jsonb *config, const char *key, int least) {
	const double memory = std::min<double>(read_quantity(config, key, 0, GUC_UNIT_KB), PG_INT32_MAX);
	return memory == 0 ? 0 : std::max(static_cast<int>(memory), least);
}

Ceilings read_ceilings(const Jsonb *config) {
	const double workers =
		read_number(config, "limits.parallel_workers", kAnyNumber, static_cast<double>(kAnyNumber));
	return {read_memory(config, "limits.work_mem", kLeastMemory),
			read_memory(config, "limits.maintenance_work_mem", kLeastMaintenanceMemory),
			static_cast<int>(std::min<double>(workers, PG_INT32_MAX))};
}

int64 read_size(const Jsonb *config, const char *key) {
	return static_cast<int64>(std::min(read_quantity(config, key, 0, GUC_UNIT_BYTE), kMost));
}

bool has_any(const Jsonb *config, std::initializer_list<const char *> keys) {
	JsonbValue value;
	return std::any_of(keys.begin(), keys.end(),
					   [&](const char *key) { return registry::find_value(config, key, &value); });
}

core::BreakerRules read_breaker(const Jsonb *config) {
	core::BreakerRules rules = {};
	rules.max_requests = static_cast<uint32>(read_count(config, "limits.breaker.max_requests", 1));
	rules.interval = read_time(config, "limits.breaker.interval", kMinute) * kMillisecond;
	rules.timeout = read_time(config, "limits.breaker.timeout", kMinute) * kMillisecond;
	rules.ratio = read_number(config, "limits.breaker.ratio", 0.5);
	rules.minimum = static_cast<uint32>(read_count(config, "limits.breaker.minimum", 10));
	return rules;
}

bool has_source_rates(const Rules &rules) {
	return std::any_of(std::begin(rules.of_sources), std::end(rules.of_sources),
					   [](const Rate &of) { return of.rate > 0; });
}

Rate read_rate(const Jsonb *config, const char *rate_key, const char *burst_key) {
	const double rate = read_number(config, rate_key, 0);
	return {rate, std::max(1.0, read_number(config, burst_key, rate))};
}

Rules read_rules(const Jsonb *config) {
	Rules rules = {};
	rules.of_tenant = read_rate(config, "limits.statements_per_second", "limits.burst");
	rules.of_sources[kRole] =
		read_rate(config, "limits.per_role.statements_per_second", "limits.per_role.burst");
	rules.of_sources[kAddress] = read_rate(config, "limits.per_client_address.statements_per_second",
										   "limits.per_client_address.burst");
	rules.of_sources[kApplication] =
		read_rate(config, "limits.per_application.statements_per_second", "limits.per_application.burst");
	rules.ceilings = read_ceilings(config);
	rules.has_rates = rules.of_tenant.rate > 0 || has_source_rates(rules);
	rules.statements = read_count(config, "limits.concurrent_statements", 0);
	rules.wait = read_time(config, "limits.concurrent_wait", 0) * kMillisecond;
	rules.sessions = read_count(config, "limits.sessions", 0);
	rules.statement_timeout = read_time(config, "limits.statement_timeout", 0);
	rules.idle_timeout = read_time(config, "limits.idle_in_transaction_timeout", 0);
	rules.rows = static_cast<int64>(std::min(read_number(config, "limits.rows_per_result", 0), kMost));
	if (has_any(config, {"limits.breaker", "limits.breaker.max_requests", "limits.breaker.interval",
						 "limits.breaker.timeout", "limits.breaker.ratio", "limits.breaker.minimum"}))
		rules.breaker = read_breaker(config);
	rules.has_breaker = rules.breaker.ratio > 0;
	return rules;
}

Quota read_quota(const Jsonb *config) {
	return {static_cast<int64>(std::min(read_number(config, "limits.rows_per_table", 0), kMost)),
			read_size(config, "limits.bytes")};
}

bool limits_anything(const Rules &rules) {
	return rules.has_rates || rules.statements > 0 || rules.sessions > 0 || rules.statement_timeout > 0 ||
		   rules.idle_timeout > 0 || rules.rows > 0 || rules.has_breaker || rules.ceilings.memory > 0 ||
		   rules.ceilings.maintenance_memory > 0 || rules.ceilings.workers != kAnyNumber;
}

bool is_valid(const Known *known, const core::TenantId &id) {
	return known != nullptr && known->id != nullptr && strcmp(known->id, id.text) == 0 &&
		   known->generation == registry::configuration_generation(id);
}

const Known *learn(const core::TenantId &id) {
	uint64 generation;
	const Jsonb *config = registry::find_configuration(id, &generation);
	const Rules rules = read_rules(config);
	const Quota quota = read_quota(config);
	Known *known = cache.enter(id.hash, context::cached_tenants);
	known->release();
	*known = {};
	known->generation = generation;
	known->rules = rules;
	known->quota = quota;
	known->is_limited = limits_anything(rules);
	// Last: without memory for it this is nobody's.
	known->id = MemoryContextStrdup(cache.memory, id.text);
	return known;
}

const Known *find_known(const core::TenantId &id) {
	if (likely(last.known != nullptr && last.id == id &&
			   last.known->generation == registry::configuration_generation(id)))
		return last.known;
	last.known = nullptr;
	const Known *known = cache.find(id.hash);
	if (!is_valid(known, id))
		known = learn(id);
	last.id = id;
	last.known = known;
	return known;
}

} // namespace

const Rules *find_rules(const core::TenantId &id) {
	const Known *known = find_known(id);
	return known->is_limited ? &known->rules : nullptr;
}

Quota find_quota(const core::TenantId &id) { return find_known(id)->quota; }

} // namespace pg_tenant::limits
