#include "schema.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>

namespace bench {

namespace {

constexpr std::array<const char *, 10> kTables = {"items", "categories", "customers", "orders", "order_lines",
												  "stock", "trimmed",    "remarks",   "hashed", "events"};
constexpr std::array<const char *, 3> kWritten = {"stock", "trimmed", "remarks"};
constexpr int kHashPartitions = 64;
constexpr int kMonths = 24;
constexpr int kFewTenants = 40;

enum class Layout { kTogether, kPartitions, kSchemas };

std::string text_of(const std::string &folder, const std::string &file) {
	std::ifstream stream(folder + "/" + file);
	if (!stream)
		throw std::runtime_error("cannot read " + file);
	std::ostringstream text;
	text << stream.rdbuf();
	return text.str();
}

Connection superuser(const std::string &server, const std::string &database) {
	return Connection("host=" + server + " dbname=" + database + " user=postgres");
}

std::string laid_out(const std::string &text, Layout layout) {
	const bool has_column = layout != Layout::kSchemas;
	const std::string by_tenant = layout == Layout::kPartitions ? "PARTITION BY LIST (tenant_id)" : "";
	const bool together = layout == Layout::kTogether;
	return filled(text, {{"tenant", has_column ? "tenant_id uuid NOT NULL," : ""},
						 {"column", has_column ? "tenant_id," : ""},
						 {"by tenant", by_tenant},
						 {"by hash", together ? "PARTITION BY HASH (tenant_id)" : by_tenant},
						 {"by month", together ? "PARTITION BY RANGE (created_at)" : by_tenant}});
}

void create_schema(Connection &connection, const std::string &schema, const std::string &tables) {
	connection.run("CREATE SCHEMA " + schema + "; SET search_path = " + schema + ", public; " + tables +
				   "; GRANT USAGE ON SCHEMA " + schema + " TO PUBLIC; GRANT ALL ON ALL TABLES IN SCHEMA " +
				   schema + " TO PUBLIC");
}

void create_partitions(Connection &connection) {
	for (int i = 0; i < kHashPartitions; i++) {
		const std::string number = std::to_string(i);
		connection.run("CREATE TABLE hashed_" + number + " PARTITION OF hashed FOR VALUES WITH (MODULUS " +
					   std::to_string(kHashPartitions) + ", REMAINDER " + number + ")");
	}
	connection.run(
		"DO $$ BEGIN FOR m IN 0.." + std::to_string(kMonths - 1) +
		" LOOP EXECUTE format('CREATE TABLE events_%s PARTITION OF events FOR VALUES FROM (%L) TO (%L)', m,"
		" timestamptz '2025-01-01' + m * interval '1 month',"
		" timestamptz '2025-01-01' + (m + 1) * interval '1 month'); END LOOP; END $$");
}

std::vector<Tenant> few_tenants(Connection &shop, const Size &size) {
	std::vector<Tenant> tenants = measured_tenants(shop, size);
	const Result others =
		shop.run("SELECT rank, tenant_id FROM shop.tenant_ranks WHERE rank > " + std::to_string(size.middle) +
				 " ORDER BY rank DESC LIMIT " + std::to_string(kFewTenants - 2));
	for (int i = 0; i < others.rows(); i++)
		tenants.push_back({std::stoi(*others.value(i, 0)), *others.value(i, 1)});
	return tenants;
}

void fill_partitions(Connection &connection, const std::vector<Tenant> &tenants) {
	for (const char *table : kTables) {
		for (const Tenant &tenant : tenants)
			connection.run(std::string("CREATE TABLE ") + table + "_" + std::to_string(tenant.rank) +
						   " PARTITION OF " + table + " FOR VALUES IN (" + literal(tenant.id) +
						   "); INSERT INTO " + table + " SELECT * FROM shop." + table +
						   " WHERE tenant_id = " + literal(tenant.id));
	}
}

void fill_schema(Connection &connection, const Tenant &tenant) {
	for (const char *table : kTables) {
		const std::string names =
			connection
				.run("SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute WHERE "
					 "attrelid = "
					 "'shop." +
					 std::string(table) + "'::regclass AND attnum > 0 AND attname <> 'tenant_id'")
				.scalar();
		connection.run(std::string("INSERT INTO ") + table + " (" + names + ") SELECT " + names +
					   " FROM shop." + table + " WHERE tenant_id = " + literal(tenant.id));
	}
}

// Partitions and schemas of tenants, in a copy that has nothing else at the end.
void make_apart(const std::string &server, const Size &size, const std::string &folder) {
	superuser(server, "postgres").run("CREATE DATABASE apart TEMPLATE shop STRATEGY file_copy");
	Connection connection = superuser(server, "apart");
	const std::string tables = text_of(folder, "schema_tables.sql");
	const std::string indexes = text_of(folder, "schema_indexes.sql");
	const std::vector<Tenant> tenants = few_tenants(connection, size);
	create_schema(connection, "partitions", laid_out(tables, Layout::kPartitions));
	fill_partitions(connection, tenants);
	connection.run(laid_out(indexes, Layout::kPartitions));
	for (const Tenant &tenant : tenants) {
		create_schema(connection, "tenant_" + std::to_string(tenant.rank),
					  laid_out(tables, Layout::kSchemas));
		fill_schema(connection, tenant);
		connection.run(laid_out(indexes, Layout::kSchemas));
	}
	// Each command of its own: together they would lock too many tables.
	for (const char *table : kTables)
		connection.run(std::string("DROP TABLE shop.") + table + " CASCADE");
	connection.run("DROP SCHEMA shop CASCADE");
	connection.run("VACUUM ANALYZE");
}

void make_policies(const std::string &server) {
	superuser(server, "postgres").run("CREATE DATABASE policies TEMPLATE shop STRATEGY file_copy");
	Connection connection = superuser(server, "policies");
	for (const char *table : kTables) {
		const std::string name = std::string("shop.") + table;
		connection.run("ALTER TABLE " + name +
					   " ALTER tenant_id SET DEFAULT current_setting('app.tenant_id')::uuid");
		connection.run("ALTER TABLE " + name + " ENABLE ROW LEVEL SECURITY");
		connection.run("CREATE POLICY by_setting ON " + name +
					   " TO by_setting USING (tenant_id = current_setting('app.tenant_id')::uuid)");
		connection.run("CREATE POLICY by_select ON " + name +
					   " TO by_select USING (tenant_id = (SELECT current_setting('app.tenant_id')::uuid))");
		connection.run("CREATE POLICY by_function ON " + name +
					   " TO by_function USING (tenant_id = current_tenant())");
	}
}

void protect(const std::string &server) {
	Connection connection = superuser(server, "shop");
	connection.run("CREATE EXTENSION pg_tenant");
	for (const char *table : kTables)
		connection.run(std::string("SELECT tenant.protect('shop.") + table + "', register => true)");
}

} // namespace

std::vector<Tenant> measured_tenants(Connection &shop, const Size &size) {
	std::vector<Tenant> tenants;
	for (const int rank : {1, size.middle}) {
		const Result row =
			shop.run("SELECT tenant_id, " + std::to_string(size.items) +
					 " * (share - lag(share, 1, 0) OVER (ORDER BY rank)) FROM shop.tenant_ranks"
					 " ORDER BY rank LIMIT 1 OFFSET " +
					 std::to_string(rank - 1));
		tenants.push_back({rank, row.scalar(), std::stod(row.value(0, 1).value_or("0"))});
	}
	return tenants;
}

void load(const std::string &server, const Size &size, const std::string &folder) {
	superuser(server, "postgres").run("CREATE DATABASE shop");
	Connection connection = superuser(server, "shop");
	connection.run(
		"SET maintenance_work_mem = '1GB'; SET max_parallel_maintenance_workers = 1; SET work_mem = '256MB'");
	connection.run(text_of(folder, "schema_common.sql"));
	connection.run("GRANT ALL ON ALL TABLES IN SCHEMA public TO PUBLIC");
	std::cerr << "loading: rows\n";
	create_schema(connection, "shop", laid_out(text_of(folder, "schema_tables.sql"), Layout::kTogether));
	create_partitions(connection);
	connection.run(filled(text_of(folder, "schema_rows.sql"), {{"items", std::to_string(size.items)},
															   {"tenants", std::to_string(size.tenants)}}));
	std::cerr << "loading: indexes\n";
	connection.run(laid_out(text_of(folder, "schema_indexes.sql"), Layout::kTogether));
	connection.run("VACUUM ANALYZE");
}

void make_columns(const Servers &servers, const Size &size, const std::string &folder) {
	std::cerr << "loading: policies\n";
	make_policies(servers.plain);
	std::cerr << "loading: partitions and schemas of tenants\n";
	make_apart(servers.plain, size, folder);
	std::cerr << "loading: protected tables\n";
	protect(servers.extended);
}

double warm(const std::string &server, const std::string &database) {
	Connection connection = superuser(server, database);
	return connection
		.run("SELECT coalesce(sum(public.pg_prewarm(c.oid)), 0) / 128.0 FROM pg_class c"
			 " WHERE relkind IN ('r', 'i', 't', 'm') AND relnamespace <> 'pg_catalog'::regnamespace"
			 " AND relpersistence = 'p'")
		.number();
}

void clean(const Servers &servers, const std::vector<Tenant> &tenants) {
	std::vector<std::string> databases;
	for (const Column &column : columns()) {
		Connection connection =
			superuser(column.has_extension ? servers.extended : servers.plain, column.database);
		const std::string place = (column.has_extension ? "+" : "-") + column.database;
		const bool is_done = std::find(databases.begin(), databases.end(), place) != databases.end();
		if (is_done && column.database != "apart")
			continue;
		databases.push_back(place);
		for (const Tenant &tenant : tenants) {
			for (const char *table : kWritten)
				connection.run("VACUUM (INDEX_CLEANUP on) " + schema_of(column, tenant) + "." + table);
			if (column.has_tenant_column)
				break;
		}
	}
}

} // namespace bench
