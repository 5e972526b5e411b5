-- What the clients read and write; :tenants tenants, each with rows that carry its id a second time, in the column tag.
CREATE EXTENSION pg_tenant;
CREATE ROLE load_app LOGIN;
CREATE ROLE load_owner LOGIN IN ROLE tenant_admin;
CREATE ROLE load_superuser LOGIN SUPERUSER;
GRANT CREATE ON SCHEMA public TO load_owner;
CREATE FUNCTION load_id(n int) RETURNS text LANGUAGE sql IMMUTABLE AS
	$$SELECT lpad(to_hex(n), 8, '0') || '-7e57-4000-8000-' || lpad(to_hex(n), 12, '0')$$;
-- What the library keeps in this backend.
CREATE FUNCTION bytes_of_caches() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS
	$$SELECT coalesce(sum(total_bytes), 0)::bigint FROM pg_backend_memory_contexts WHERE name LIKE 'pg_tenant %'$$;
-- Every limit is in force for all, and some tenants come to one of theirs; limits.cpp knows which.
CREATE FUNCTION limits_of(n int) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
	SELECT jsonb_build_object('limits', CASE n % 10
		WHEN 3 THEN '{"statements_per_second": 10, "burst": 10}'
		WHEN 4 THEN '{"concurrent_statements": 1, "concurrent_wait": "5ms"}'
		WHEN 5 THEN '{"sessions": 1}'
		WHEN 6 THEN '{"breaker": {"minimum": 3, "ratio": 0.01, "timeout": "100ms", "max_requests": 2}}'
		WHEN 7 THEN '{"concurrent_statements": 100, "concurrent_wait": "1h", "per_application": {"statements_per_second": 100000}}'
		ELSE '{}' END::jsonb) $$;
SELECT tenant.set_default_config('{"limits": {"statements_per_second": 100000, "concurrent_statements": 1000, "concurrent_wait": "1s", "sessions": 1000,
	"per_role": {"statements_per_second": 100000}, "statement_timeout": "1min", "idle_in_transaction_timeout": "1min", "rows_per_result": 1000000, "work_mem": "2MB",
	"parallel_workers": 1, "breaker": {"minimum": 100}, "rows_per_table": 10000000, "bytes": "1TB"}}');
SET SESSION AUTHORIZATION load_owner;
SELECT count(tenant.provision(load_id(n), config => limits_of(n))) FROM generate_series(0, :tenants - 1) n;
CREATE TABLE items (tenant_id uuid, id int, category int, price int NOT NULL DEFAULT 0, name text, tag text, PRIMARY KEY (tenant_id, id));
CREATE TABLE orders (tenant_id uuid, id bigint, item int, tag text, PRIMARY KEY (tenant_id, id),
	FOREIGN KEY (tenant_id, item) REFERENCES items);
CREATE TABLE notes (tenant_id uuid, id int, writes int NOT NULL DEFAULT 1, tag text, PRIMARY KEY (tenant_id, id));
CREATE TABLE counters (tenant_id uuid PRIMARY KEY, n bigint NOT NULL DEFAULT 0, tag text);
CREATE TABLE events (tenant_id uuid, id bigint, tag text, PRIMARY KEY (tenant_id, id));
CREATE TABLE plans (code int PRIMARY KEY, title text);
INSERT INTO plans VALUES (1, 'free'), (2, 'paid'), (3, 'large');
DO $$
BEGIN
	FOR n IN 0..3 LOOP
		EXECUTE format('CREATE TABLE side_%s (tenant_id uuid, id int, tag text, PRIMARY KEY (tenant_id, id))', n);
		EXECUTE format('CREATE FUNCTION rows_of_side_%1$s() RETURNS TABLE (tag text) LANGUAGE plpgsql STABLE AS
			''BEGIN RETURN QUERY SELECT s.tag FROM side_%1$s s; END''', n);
	END LOOP;
END
$$;
CREATE FUNCTION new_tenant(id text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO items SELECT id::uuid, n, n % 4, 0, 'item ' || n, id FROM generate_series(1, 40) n;
	INSERT INTO orders SELECT id::uuid, n, n, id FROM generate_series(1, 20) n;
	INSERT INTO notes VALUES (id::uuid, 100, 1, id);
	INSERT INTO counters VALUES (id::uuid, 0, id);
	FOR n IN 0..3 LOOP
		EXECUTE format('INSERT INTO side_%s SELECT $1::uuid, g, $1 FROM generate_series(1, 5) g', n) USING id;
	END LOOP;
END
$$;
SELECT count(new_tenant(load_id(n))) FROM generate_series(0, :tenants - 1) n;
-- Indexes that do not lead with the tenant.
CREATE INDEX ON items (name text_pattern_ops);
CREATE INDEX ON events (id);
SELECT tenant.protect(tbl) FROM unnest('{items,orders,notes,counters,side_0,side_1,side_2,side_3}'::regclass[]) tbl;
SELECT tenant.protect('events', partitions => 4);
SELECT tenant.share('plans');
SELECT tenant.enable_soft_delete('orders');
CREATE FUNCTION item_of(wanted int) RETURNS TABLE (id int, tag text) LANGUAGE plpgsql STABLE AS
	'BEGIN RETURN QUERY SELECT i.id, i.tag FROM items i WHERE i.id = wanted; END';
CREATE FUNCTION shows_own(tag text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE COST 0.0001 AS $$
BEGIN
	IF tag IS DISTINCT FROM current_setting('app.tenant_id') THEN
		RAISE EXCEPTION 'met a row of %', tag;
	END IF;
	RETURN true;
END
$$;
GRANT SELECT, INSERT, UPDATE, DELETE ON items, orders, notes, counters, events, side_0, side_1, side_2, side_3 TO load_app;
GRANT SELECT ON plans TO load_app;
RESET SESSION AUTHORIZATION;
ANALYZE;
