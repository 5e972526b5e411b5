-- as: superuser
-- A policy of the owner's, whose name comes before ours, with a condition that an index could answer: of all tenants' keys.
SET row_security = off;
SET client_min_messages = error;
ALTER TABLE shop.customers ADD pair shop.pair;
UPDATE shop.customers SET pair = ROW(secret || id, 1);
CREATE INDEX ON shop.customers (pair);
CREATE POLICY a_first ON shop.customers AS RESTRICTIVE USING (pair OPERATOR(shop.=) ROW('mine-secret1', 1)::shop.pair);
ANALYZE shop.customers;
RESET row_security;
RESET client_min_messages;
SET ROLE attack_app;
SET enable_seqscan = off;
SELECT id FROM shop.customers;
SELECT name FROM shop.customers WHERE id > 0 FOR UPDATE;
SET enable_indexscan = off;
SELECT id FROM shop.customers;
SET enable_bitmapscan = off;
SELECT id FROM shop.customers;
RESET ROLE;
SET client_min_messages = error;
DROP POLICY a_first ON shop.customers;
SET row_security = off;
ALTER TABLE shop.customers DROP pair;
