-- as: owner superuser
-- An index on a function of one's own: its conditions are looked at again where the bitmap is lossy, as a BRIN index's always is.
\set ON_ERROR_ROLLBACK on
BEGIN;
CREATE FUNCTION play.key(value text) RETURNS text LANGUAGE plpgsql IMMUTABLE COST 0.0000001 AS $$BEGIN RAISE NOTICE 'key of %', value; RETURN left(value, 1); END$$;
SET LOCAL client_min_messages = error;
INSERT INTO shop.customers (id, name, secret, balance) SELECT g, 'mine', 'mine', 1 FROM generate_series(1000, 4000) g;
CREATE INDEX ON shop.customers USING brin (play.key(secret)) WITH (pages_per_range = 1);
CREATE INDEX ON shop.customers (tenant_id, play.key(name));
CREATE INDEX ON shop.customers (id) WHERE play.key(secret) > 'A';
CREATE STATISTICS play.keys ON play.key(secret), play.key(name) FROM shop.customers;
SET LOCAL row_security = off;
ANALYZE shop.customers;
SET LOCAL row_security = on;
SET LOCAL client_min_messages = notice;
SET LOCAL enable_seqscan = off;
SET LOCAL work_mem = 64;
SET LOCAL ROLE attack_app;
SELECT id FROM shop.customers WHERE play.key(secret) = 'C';
SELECT count(*) FROM shop.customers WHERE play.key(secret) < 'D' AND id > 0;
SELECT id FROM shop.customers WHERE play.key(name) = 'C' AND balance > 0;
SELECT id FROM shop.customers WHERE play.key(secret) = 'C' AND name LIKE '%';
SET LOCAL enable_indexscan = off;
SELECT id FROM shop.customers WHERE play.key(secret) = 'C';
SELECT id FROM shop.customers WHERE play.key(name) = 'C' OR play.key(secret) = 'C';
SELECT id FROM shop.customers ORDER BY play.key(secret) LIMIT 1;
ROLLBACK;
