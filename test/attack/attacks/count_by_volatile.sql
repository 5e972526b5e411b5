-- What is called for each row counts them, without seeing a column: own rows are 20, and 40 with the child's notes.
SET enable_indexscan = off;
SET enable_bitmapscan = off;
CREATE TEMP SEQUENCE calls;
CREATE FUNCTION pg_temp.tick() RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS $$BEGIN PERFORM nextval('calls'); RETURN true; END$$;
CREATE FUNCTION pg_temp.count(query text, own int) RETURNS text LANGUAGE plpgsql AS
	$$BEGIN PERFORM setval('calls', 1, false); EXECUTE query; RETURN shop.found(nextval('calls') > own + 1); END$$;
SELECT pg_temp.count('SELECT count(*) FROM shop.customers WHERE pg_temp.tick()', 20);
SELECT pg_temp.count('SELECT count(*) FROM shop.customers WHERE nextval(''calls'') > 0', 20);
SELECT pg_temp.count('SELECT count(*) FROM shop.customers WHERE pg_temp.tick() AND balance > 0', 20);
SELECT pg_temp.count('SELECT count(*) FROM (SELECT pg_temp.tick() AS t FROM shop.customers) s WHERE t', 40);
SELECT pg_temp.count('SELECT count(*) FROM shop.orders WHERE pg_temp.tick()', 20);
SELECT pg_temp.count('SELECT count(*) FROM shop.notes WHERE pg_temp.tick()', 40);
SELECT pg_temp.count('SELECT count(*) FROM shop.super_view WHERE pg_temp.tick()', 20);
SELECT pg_temp.count('SELECT count(*) FROM shop.copies WHERE pg_temp.tick()', 20);
SELECT pg_temp.count('SELECT count(*) FROM shop.customers TABLESAMPLE bernoulli (100) WHERE pg_temp.tick()', 20);
SELECT pg_temp.count('SELECT count(*) FROM shop.customers WHERE ctid > ''(0,0)'' AND pg_temp.tick()', 20);
SELECT pg_temp.count('UPDATE shop.customers SET balance = balance WHERE pg_temp.tick()', 20);
SELECT pg_temp.count('SELECT count(*) FROM shop.customers WHERE CASE WHEN pg_temp.tick() THEN true END', 20);
SELECT pg_temp.count('SELECT count(*) FROM shop.customers WHERE (SELECT pg_temp.tick() OFFSET 0 * id)', 20);
SELECT pg_temp.count('SELECT count(*) FROM shop.countries k LEFT JOIN shop.customers c ON pg_temp.tick()', 40);
