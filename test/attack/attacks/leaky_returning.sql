-- What a WITH that writes returns, compared by operators of one's own: from 17 on the planner asks them about the statistics of the table that is written.
CREATE FUNCTION pg_temp.told(a text, b text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS 'BEGIN RAISE NOTICE ''told % %'', a, b; RETURN true; END';
CREATE OPERATOR play.=== (FUNCTION = pg_temp.told, LEFTARG = text, RIGHTARG = text, RESTRICT = eqsel, JOIN = eqjoinsel);
CREATE FUNCTION pg_temp.below(a text, b text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS 'BEGIN RAISE NOTICE ''told % %'', a, b; RETURN true; END';
CREATE OPERATOR play.<<< (FUNCTION = pg_temp.below, LEFTARG = text, RIGHTARG = text, RESTRICT = scalarltsel);
BEGIN;
SAVEPOINT s;
EXPLAIN (COSTS off) WITH q AS (UPDATE shop.customers SET balance = balance RETURNING name, secret) SELECT FROM q WHERE name OPERATOR(play.<<<) 'x';
ROLLBACK TO s;
EXPLAIN (COSTS off) WITH q AS (UPDATE shop.customers SET balance = balance RETURNING name, secret) SELECT FROM q WHERE secret OPERATOR(play.===) 'x';
ROLLBACK TO s;
EXPLAIN (COSTS off) WITH q AS (UPDATE shop.orders SET price = price RETURNING item) SELECT FROM q a LEFT JOIN q b ON b.item OPERATOR(play.<<<) 'x';
ROLLBACK TO s;
EXPLAIN (COSTS off) WITH q AS (UPDATE shop.customers c SET balance = balance FROM shop.notes n WHERE n.id = c.id RETURNING n.body) SELECT FROM q WHERE body OPERATOR(play.<<<) 'x';
ROLLBACK TO s;
EXPLAIN (COSTS off) WITH q AS (DELETE FROM shop.notes RETURNING body) SELECT FROM q WHERE body OPERATOR(play.<<<) 'x';
ROLLBACK TO s;
EXPLAIN (COSTS off) WITH q AS (DELETE FROM shop.marked RETURNING body) SELECT FROM q WHERE body OPERATOR(play.<<<) 'x';
ROLLBACK TO s;
EXPLAIN (COSTS off) WITH q AS (INSERT INTO shop.customers (id, name, secret) VALUES (900, 'mine', 'mine') RETURNING name) SELECT FROM q WHERE name OPERATOR(play.<<<) 'x';
ROLLBACK TO s;
EXPLAIN (COSTS off) WITH q AS (INSERT INTO shop.orders (id, day, item) VALUES (900, '2026-01-01', 'mine') RETURNING item) SELECT FROM q WHERE item OPERATOR(play.<<<) 'x';
ROLLBACK TO s;
EXPLAIN (COSTS off) WITH q AS (INSERT INTO shop.customers (id, name, secret) SELECT id + 900, name, secret FROM shop.customers
	ON CONFLICT (tenant_id, id) DO UPDATE SET name = 'mine' RETURNING secret) SELECT FROM q WHERE secret OPERATOR(play.===) 'x';
ROLLBACK TO s;
EXPLAIN (COSTS off) WITH q AS (MERGE INTO shop.customers c USING shop.notes n ON n.id = c.id WHEN MATCHED THEN UPDATE SET name = 'mine'
	WHEN NOT MATCHED THEN INSERT (id, name) VALUES (900, 'mine') RETURNING name, body) SELECT FROM q WHERE name OPERATOR(play.<<<) 'x' AND body OPERATOR(play.<<<) 'x';
ROLLBACK TO s;
WITH q AS (UPDATE shop.customers SET balance = balance RETURNING name) SELECT FROM q WHERE name OPERATOR(play.<<<) 'x';
ROLLBACK;
