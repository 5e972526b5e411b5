-- SQL functions that are inlined (CVE-2023-2455).
SELECT * FROM shop.inlined();
SELECT * FROM shop.inlined() WHERE shop.peek(secret);
SELECT g, shop.one_name(g) FROM generate_series(1, 40) g;
PREPARE p (int) AS SELECT i.*, shop.one_name($1) FROM shop.inlined() i WHERE i.id >= $1;
EXECUTE p (25);
SET plan_cache_mode = force_generic_plan;
EXECUTE p (1);
