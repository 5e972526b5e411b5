-- SQL functions that may be inlined, of every kind: with parameters, BEGIN ATOMIC, over superusers' views, within views, nested, lateral.
CREATE FUNCTION pg_temp.atomic() RETURNS SETOF shop.customers LANGUAGE sql STABLE BEGIN ATOMIC SELECT * FROM shop.super_view; END;
CREATE FUNCTION pg_temp.nested(int) RETURNS SETOF shop.customers LANGUAGE sql STABLE AS 'SELECT a.* FROM pg_temp.atomic() a, shop.inlined() i WHERE a.id = i.id AND a.id >= $1';
CREATE TEMP VIEW v AS SELECT a.secret, b.name FROM pg_temp.atomic() a JOIN pg_temp.nested(1) b USING (id);
SELECT * FROM pg_temp.atomic();
SELECT * FROM pg_temp.nested(21);
SELECT * FROM generate_series(1, 40) g, LATERAL pg_temp.nested(g) n WHERE shop.peek(n.secret);
TABLE v;
PREPARE q (int) AS SELECT * FROM pg_temp.nested($1);
SET plan_cache_mode = force_generic_plan;
EXECUTE q (1);
EXECUTE q (21);
