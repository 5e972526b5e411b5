-- The shapes of queries that are measured. A line `--- name flags` begins one; `-- with:` is a query that gives its
-- parameters ($id and so on, a row for each execution, in turn) for the tenant $tenant. `{i}` is the condition that a
-- careful developer writes for the table i, `{column}` and `{value}` the tenant column and its value where the tables
-- have one, `{own column}`, `{own value}` where nothing else fills it in, $fresh a number that no row has.
-- Flags: writes (in a transaction that is rolled back, compared by the shape `written`), once (a row of parameters
-- serves once in a transaction), copy, mixed (has a function that nobody trusts), skew (also over tenants of all sizes).

--- point skew
-- with: SELECT id FROM items i WHERE {i} true ORDER BY md5(id::text) LIMIT 32
SELECT i.id, i.name, i.amount, i.status, i.created_at FROM items i WHERE {i} i.id = $id;

--- page20 skew
-- with: SELECT created_at AS before FROM items i WHERE {i} true ORDER BY md5(id::text) LIMIT 32
SELECT i.id, i.name, i.created_at FROM items i WHERE {i} i.created_at < $before ORDER BY i.created_at DESC, i.id DESC LIMIT 20;

--- keyset
-- with: SELECT created_at AS before, id AS last FROM items i WHERE {i} true ORDER BY md5(id::text) LIMIT 32
SELECT i.id, i.name, i.created_at FROM items i WHERE {i} (i.created_at, i.id) < ($before, $last)
ORDER BY i.created_at DESC, i.id DESC LIMIT 20;

--- count skew
SELECT count(*) FROM items i WHERE {i} true;

--- sumstatus
-- with: SELECT 1 AS mark
SELECT i.status, count(*), sum(i.amount), $mark FROM items i WHERE {i} true GROUP BY i.status ORDER BY i.status;

--- having
-- with: SELECT 1 AS least
SELECT i.category_id, count(*), max(i.created_at) FROM items i WHERE {i} i.category_id > 2
GROUP BY i.category_id HAVING count(*) > $least AND max(i.amount) > 9000 ORDER BY i.category_id;

--- distincton
-- with: SELECT 1 AS mark
SELECT DISTINCT ON (i.category_id) i.category_id, i.id, i.created_at, $mark FROM items i WHERE {i} i.amount > 9000
ORDER BY i.category_id, i.created_at DESC, i.id;

--- numrange skew
-- with: SELECT 9900 + n::numeric AS low, 9950 + n::numeric AS high FROM generate_series(0, 31) n
SELECT count(*), sum(i.amount) FROM items i WHERE {i} i.amount BETWEEN $low AND $high;

--- enumfilter skew
-- with: SELECT 'blocked'::item_status AS status
SELECT count(*), max(i.created_at) FROM items i WHERE {i} i.status = $status;

--- likeprefix skew
-- with: SELECT 1 AS mark
SELECT count(*), max(i.created_at), $mark FROM items i WHERE {i} i.name LIKE 'bara%';

--- likeparameter
-- with: SELECT 'ba' || c || '%' AS pattern FROM unnest(ARRAY['ra', 'se', 'ti', 'bo', 'du', 'fa', 'li', 'go']) c
SELECT count(*), max(i.created_at) FROM items i WHERE {i} i.name LIKE $pattern;

--- ilike
-- with: SELECT 1 AS mark
SELECT count(*), max(i.created_at), $mark FROM items i WHERE {i} i.name ILIKE '%CIZA%';

--- similarity
-- with: SELECT name AS wanted FROM items i WHERE {i} true ORDER BY md5(id::text) LIMIT 8
SELECT i.id, i.name FROM items i WHERE {i} i.name % $wanted ORDER BY similarity(i.name, $wanted) DESC, i.id LIMIT 10;

--- fts skew
SELECT i.id, i.name FROM items i WHERE {i} i.body @@ 'cira & doli | bego & dofa'::tsquery ORDER BY i.id LIMIT 50;

--- ftsparameter
-- with: SELECT (a || ' & ' || b)::tsquery AS words FROM unnest(ARRAY['cira', 'bego', 'dora', 'bamo']) a, unnest(ARRAY['fura', 'dose']) b
SELECT i.id, i.name FROM items i WHERE {i} i.body @@ $words ORDER BY i.id LIMIT 50;

--- jsonb skew
SELECT count(*), max(i.created_at) FROM items i WHERE {i} i.attributes @> '{"colour": "bara", "size": 7}';

--- jsonbfield
-- with: SELECT 'cese' AS colour UNION ALL SELECT 'base'
SELECT count(*), max(i.created_at) FROM items i WHERE {i} i.attributes ->> 'colour' = $colour;

--- arrayov skew
-- with: SELECT 1 AS mark
SELECT count(*), max(i.created_at), $mark FROM items i WHERE {i} i.tags && ARRAY['tag 12', 'tag 130'];

--- rangeoverlap
-- with: SELECT tstzrange(d, d + interval '1 day') AS days FROM generate_series(timestamptz '2025-03-01', timestamptz '2026-02-01', interval '1 month') d
SELECT count(*), max(i.created_at) FROM items i WHERE {i} i.valid && $days;

--- hstore
-- with: SELECT hstore('k' || n, 'v1') AS wanted FROM generate_series(3, 10) n
SELECT count(*), max(i.created_at) FROM items i WHERE {i} i.extra @> $wanted;

--- citext
-- with: SELECT upper(code::text)::citext AS code FROM items i WHERE {i} true ORDER BY md5(id::text) LIMIT 32
SELECT i.id, i.name, i.amount FROM items i WHERE {i} i.code = $code;

--- mixedpage
-- with: SELECT 1 AS mark
SELECT i.id, i.name, i.created_at, $mark FROM items i WHERE {i} i.name ILIKE '%se%' ORDER BY i.created_at DESC, i.id DESC LIMIT 20;

--- inlist
-- with: SELECT array_agg(id) AS ids FROM (SELECT id, row_number() OVER (ORDER BY md5(id::text)) AS n FROM items i WHERE {i} true) x WHERE n <= 400 GROUP BY n % 8 ORDER BY n % 8
SELECT i.id, i.name, i.amount FROM items i WHERE {i} i.id = ANY ($ids) ORDER BY i.id;

--- join skew
-- with: SELECT d AS since FROM generate_series(timestamptz '2026-11-01', timestamptz '2026-11-20', interval '1 day') d
SELECT count(*), sum(l.quantity) FROM orders o JOIN order_lines l ON {l} l.order_id = o.id WHERE {o} o.placed_at > $since;

--- leftjoin
-- with: SELECT d AS since FROM generate_series(timestamptz '2026-11-01', timestamptz '2026-11-20', interval '1 day') d
SELECT o.id, count(l.line) FROM orders o LEFT JOIN order_lines l ON {l} l.order_id = o.id AND l.quantity > 5
WHERE {o} o.placed_at > $since GROUP BY o.id ORDER BY o.id LIMIT 50;

--- exists
-- with: SELECT d AS since FROM generate_series(timestamptz '2026-11-01', timestamptz '2026-11-20', interval '1 day') d
SELECT count(*) FROM orders o WHERE {o} o.placed_at > $since
AND EXISTS (SELECT FROM order_lines l WHERE {l} l.order_id = o.id AND l.quantity > 8);

--- antijoin
-- with: SELECT d AS since FROM generate_series(timestamptz '2026-11-01', timestamptz '2026-11-20', interval '1 day') d
SELECT count(*) FROM orders o WHERE {o} o.placed_at > $since
AND NOT EXISTS (SELECT FROM order_lines l WHERE {l} l.order_id = o.id AND l.quantity > 8);

--- numjoin
-- with: SELECT 9900 + n::numeric AS low FROM generate_series(0, 31) n
SELECT count(*), sum(l.price) FROM items i JOIN order_lines l ON {l} l.item_id = i.id WHERE {i} i.amount > $low;

--- agg3joins
-- with: SELECT n AS region FROM generate_series(1, 16) n
SELECT i.status, count(*), sum(l.price * l.quantity) FROM customers c JOIN orders o ON {o} o.customer_id = c.id
JOIN order_lines l ON {l} l.order_id = o.id JOIN items i ON {i} i.id = l.item_id
WHERE {c} c.region = $region GROUP BY i.status ORDER BY i.status;

--- lateral
-- with: SELECT d AS since FROM generate_series(timestamptz '2026-11-01', timestamptz '2026-11-20', interval '1 day') d
SELECT o.id, top.item_id, top.price FROM (SELECT o.id FROM orders o WHERE {o} o.placed_at > $since ORDER BY o.id LIMIT 50) o
CROSS JOIN LATERAL (SELECT l.item_id, l.price FROM order_lines l WHERE {l} l.order_id = o.id ORDER BY l.price DESC, l.line LIMIT 1) top
ORDER BY o.id;

--- cte
-- with: SELECT 9900 + n::numeric AS low FROM generate_series(0, 31) n
WITH dear AS (SELECT i.category_id, i.amount FROM items i WHERE {i} i.amount > $low)
SELECT d.category_id, count(*), sum(d.amount) FROM dear d GROUP BY d.category_id ORDER BY d.category_id;

--- recursive
-- with: SELECT n AS root FROM generate_series(1, 3) n
WITH RECURSIVE below AS (SELECT c.id, c.parent_id, 1 AS depth FROM categories c WHERE {c} c.id = $root
	UNION ALL SELECT c.id, c.parent_id, depth + 1 FROM below b JOIN categories c ON {c} c.parent_id = b.id)
SELECT depth, count(*) FROM below GROUP BY depth ORDER BY depth;

--- unionall
-- with: SELECT 9990 + n::numeric / 8 AS low FROM generate_series(0, 31) n
SELECT count(*), min(u.created_at) FROM (SELECT i.id, i.created_at FROM items i WHERE {i} i.status = 'blocked'
	UNION ALL SELECT j.id, j.created_at FROM items j WHERE {j} j.amount > $low) u;

--- window
-- with: SELECT 9800 + n::numeric AS low FROM generate_series(0, 31) n
SELECT w.id, w.place FROM (SELECT i.id, i.category_id, rank() OVER (PARTITION BY i.category_id ORDER BY i.created_at, i.id) AS place
	FROM items i WHERE {i} i.amount > $low) w WHERE w.place <= 3 ORDER BY w.id;

--- view
-- with: SELECT 9970 + n::numeric / 2 AS low FROM generate_series(0, 31) n
SELECT d.id, d.name, d.amount FROM dear_items d WHERE {d} d.amount > $low AND d.name LIKE '%e%' ORDER BY d.id LIMIT 100;

--- partpoint
-- with: SELECT id FROM hashed h WHERE {h} true ORDER BY md5(id::text) LIMIT 32
SELECT h.id, h.name, h.amount FROM hashed h WHERE {h} h.id = $id;

--- partrange
-- with: SELECT d AS since FROM generate_series(timestamptz '2025-02-20', timestamptz '2026-02-20', interval '1 month') d
SELECT e.kind, count(*), sum(e.amount) FROM events e WHERE {e} e.created_at >= $since AND e.created_at < $since + interval '5 days'
GROUP BY e.kind ORDER BY e.kind;

--- mixednumber mixed
-- with: SELECT 9900 + n::numeric AS low, 9950 + n::numeric AS high FROM generate_series(0, 31) n
SELECT count(*), sum(i.amount) FROM items i WHERE {i} i.amount BETWEEN $low AND $high AND label(i.name) <> 'bar';

--- mixedfts mixed
-- with: SELECT 1 AS mark
SELECT i.id, i.name, $mark FROM items i WHERE {i} i.body @@ 'beti & doli'::tsquery AND label(i.name) <> 'bar' ORDER BY i.id LIMIT 50;

--- mixedjoin mixed
-- with: SELECT 9970 + n::numeric / 2 AS low FROM generate_series(0, 31) n
SELECT count(*), sum(l.price) FROM items i JOIN order_lines l ON {l} l.item_id = i.id WHERE {i} i.amount > $low AND label(i.name) <> 'bar';

--- written
SELECT (SELECT sum(hashtext(s.item_id || ' ' || s.quantity || ' ' || s.price || ' ' || s.note)::bigint) FROM stock s WHERE {s} true),
	(SELECT sum(hashtext(t.item_id || ' ' || t.quantity || ' ' || t.price || ' ' || t.note)::bigint) FROM trimmed t WHERE {t} true),
	(SELECT sum(hashtext(r.id || ' ' || r.order_id || r.body)::bigint) FROM remarks r WHERE {r} true);

--- update writes
-- with: SELECT item_id AS id FROM stock s WHERE {s} true ORDER BY md5(item_id::text) LIMIT 64
UPDATE stock s SET quantity = s.quantity + 1 WHERE {s} s.item_id = $id;

--- updatefrom writes
-- with: SELECT price AS low, price + 3 AS high FROM stock s WHERE {s} true ORDER BY md5(item_id::text) LIMIT 16
UPDATE stock s SET note = i.name FROM items i WHERE {s} {i} i.id = s.item_id AND s.price BETWEEN $low AND $high;

--- insert writes
-- with: SELECT 5::int AS quantity, 12.5::numeric AS price FROM generate_series(1, 64)
INSERT INTO stock ({column} item_id, quantity, price) VALUES ({value} $fresh, $quantity, $price);

--- insertdef writes
-- with: SELECT 5::int AS quantity, 12.5::numeric AS price FROM generate_series(1, 64)
INSERT INTO stock ({own column} item_id, quantity, price) VALUES ({own value} $fresh, $quantity, $price);

--- insertmany writes
-- with: SELECT 5::int AS quantity, 12.5::numeric AS price FROM generate_series(1, 64)
INSERT INTO stock ({column} item_id, quantity, price) VALUES ({value} $fresh * 16, $quantity, $price),
	({value} $fresh * 16 + 1, $quantity, $price), ({value} $fresh * 16 + 2, $quantity, $price), ({value} $fresh * 16 + 3, $quantity, $price),
	({value} $fresh * 16 + 4, $quantity, $price), ({value} $fresh * 16 + 5, $quantity, $price), ({value} $fresh * 16 + 6, $quantity, $price),
	({value} $fresh * 16 + 7, $quantity, $price), ({value} $fresh * 16 + 8, $quantity, $price), ({value} $fresh * 16 + 9, $quantity, $price);

--- insertkey writes
-- with: SELECT id AS order_id FROM orders o WHERE {o} true ORDER BY md5(id::text) LIMIT 64
INSERT INTO remarks ({column} id, order_id, body) VALUES ({value} $fresh, $order_id, 'a remark');

--- upsert writes
-- with: SELECT item_id AS id FROM stock s WHERE {s} true ORDER BY md5(item_id::text) LIMIT 64
INSERT INTO stock ({column} item_id, quantity, price) VALUES ({value} $id, 1, 1)
ON CONFLICT ({column} item_id) DO UPDATE SET quantity = stock.quantity + excluded.quantity;

--- merge writes
-- with: SELECT item_id + n % 2 AS id FROM (SELECT item_id, row_number() OVER (ORDER BY md5(item_id::text)) AS n FROM stock s WHERE {s} true) s WHERE n <= 64
MERGE INTO stock s USING (VALUES ($id, 1)) v (item_id, quantity) ON {s} s.item_id = v.item_id
WHEN MATCHED THEN UPDATE SET quantity = s.quantity + v.quantity
WHEN NOT MATCHED THEN INSERT ({column} item_id, quantity, price) VALUES ({value} v.item_id, v.quantity, 1);

--- delete writes once
-- with: SELECT item_id AS id FROM stock s WHERE {s} true ORDER BY md5(item_id::text) LIMIT 64
DELETE FROM stock s WHERE {s} s.item_id = $id;

--- deleteusing writes once
-- with: SELECT 9990 + n::numeric / 2 AS low FROM generate_series(0, 15) n
DELETE FROM stock s USING items i WHERE {s} {i} i.id = s.item_id AND i.amount > $low;

--- copyfrom writes copy
-- with: SELECT n + (1::bigint << 40) AS item_id, n % 100 AS quantity, n / 100.0 AS price, ' note ' || n AS note FROM generate_series(1, 500) n
COPY stock ({column} item_id, quantity, price, note) FROM STDIN;

--- copytrigger writes copy
-- with: SELECT n + (1::bigint << 40) AS item_id, n % 100 AS quantity, n / 100.0 AS price, ' note ' || n AS note FROM generate_series(1, 500) n
COPY trimmed ({column} item_id, quantity, price, note) FROM STDIN;
