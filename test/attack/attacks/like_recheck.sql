-- as: superuser
-- The same where a bitmap's rows are looked at again: by an index that knows no tenants, and lossy where memory is short.
CREATE EXTENSION pg_trgm;
CREATE INDEX name_trigrams ON shop.customers USING gin (name gin_trgm_ops);
CREATE INDEX body_block ON shop.notes USING brin (body);
CREATE INDEX item_trigrams ON shop.orders USING gist (item gist_trgm_ops);
SET ROLE attack_app;
SET enable_seqscan = off;
SET work_mem = 64;
SELECT shop.differ($$SELECT id FROM shop.customers WHERE name LIKE '%SOUGHT%\'$$);
SELECT shop.differ($$SELECT id FROM shop.customers WHERE name ILIKE '%SOUGHT%\' AND balance <> 0$$);
SELECT shop.differ($$SELECT id FROM shop.customers WHERE name LIKE '%SOUGHT%\' OR name LIKE '%nobody%'$$);
SELECT shop.differ($$SELECT id FROM shop.orders WHERE item LIKE '%SOUGHT%\'$$);
SELECT shop.differ($$SELECT id FROM shop.notes WHERE body >= 'A' AND body LIKE 'SOUGHT%\'$$);
SELECT shop.differ($$SELECT count(*) FROM shop.customers c JOIN (VALUES ('%SOUGHT%\')) p (pattern) ON c.name LIKE p.pattern$$);
PREPARE q (text) AS SELECT id FROM shop.customers WHERE name LIKE $1;
SELECT shop.differ($$EXECUTE q ('%SOUGHT%\')$$);
SET plan_cache_mode = force_generic_plan;
SELECT shop.differ($$EXECUTE q ('%SOUGHT%\')$$);
