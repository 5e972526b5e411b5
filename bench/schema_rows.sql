-- {items} items of {tenants} tenants; the tenant of rank r has a share that goes with r^-0.8.
SELECT setseed(0.25);
CREATE TABLE tenant_ranks (rank int PRIMARY KEY, tenant_id uuid NOT NULL, share double precision NOT NULL);
INSERT INTO tenant_ranks SELECT r, md5('tenant ' || r)::uuid, sum(r ^ -0.8) OVER (ORDER BY r) / sum(r ^ -0.8) OVER ()
	FROM generate_series(1, {tenants}) r;

-- 400 words of four letters; the lower numbers are the more frequent ones below.
CREATE FUNCTION word(number int) RETURNS text LANGUAGE sql IMMUTABLE RETURN
	substr('babecidofugahejikolumanepiqoruvawexizo', 1 + 2 * (number / 20 % 19), 2)
		|| substr('rasetibodufaligomuhekyzanotepiruvesilamo', 1 + (number % 20), 2);

CREATE TABLE drawn AS
	SELECT ids[1 + width_bucket(random(), shares)] AS tenant_id, i AS id
	FROM (SELECT array_agg(tenant_id ORDER BY rank) AS ids,
		array_agg(share ORDER BY rank) FILTER (WHERE rank < {tenants}) AS shares FROM tenant_ranks) t, generate_series(1, {items}) i;

INSERT INTO items
SELECT tenant_id, id, 1 + (random() * 1000)::int % (SELECT greatest(10, {items} / 20000)),
	word((random() * 399)::int) || ' ' || word((random() * 399)::int) || ' ' || id % 9973,
	CASE WHEN id % 200 = 7 THEN 'blocked' ELSE (ARRAY['new', 'active', 'active', 'sold', 'archived']::item_status[])[1 + id % 5] END,
	(random() * 9999)::numeric(10, 2), timestamptz '2025-01-01' + random() * interval '700 days',
	array_to_tsvector(ARRAY(SELECT DISTINCT word((random() ^ 2 * 399)::int) FROM generate_series(1, 10) WHERE id > 0)),
	ARRAY['tag ' || (random() * 200)::int, 'tag ' || (random() * 200)::int, 'tag ' || (random() * 200)::int],
	jsonb_build_object('colour', word((random() * 50)::int), 'size', (random() * 20)::int, 'weight', (random() * 1000)::int),
	tstzrange(timestamptz '2025-01-01' + id % 700 * interval '1 day', timestamptz '2025-01-04' + id % 700 * interval '1 day'),
	'Code-' || id, hstore(ARRAY['k' || (random() * 60)::int, 'v' || (random() * 5)::int])
FROM drawn;

INSERT INTO categories
SELECT t.tenant_id, c, nullif(c / 4, 0), word(c % 400) FROM tenant_ranks t, generate_series(1, greatest(10, {items} / 20000)) c;
INSERT INTO customers SELECT tenant_id, id / 10, word((random() * 399)::int) || ' ' || id, (random() * 20)::int
	FROM drawn WHERE id % 10 = 0;
INSERT INTO orders SELECT tenant_id, id * 2 + n, id, timestamptz '2025-01-01' + random() * interval '700 days'
	FROM customers, generate_series(0, 1) n;
CREATE TABLE numbered AS
	SELECT tenant_id, id, row_number() OVER (PARTITION BY tenant_id) AS number, count(*) OVER (PARTITION BY tenant_id) AS total
	FROM drawn;
ANALYZE numbered, drawn;
INSERT INTO order_lines
SELECT o.tenant_id, o.id, line, i.id, 1 + (random() * 9)::int, (random() * 999)::numeric(10, 2)
FROM (SELECT o.*, line, 1 + floor(random() * total) AS wanted FROM orders o
		JOIN (SELECT DISTINCT tenant_id, total FROM numbered) n ON n.tenant_id = o.tenant_id, generate_series(1, 1 + o.id % 4) line) o
	JOIN numbered i ON i.tenant_id = o.tenant_id AND i.number = o.wanted;
INSERT INTO stock SELECT tenant_id, id, (random() * 100)::int, (random() * 999)::numeric(10, 2) FROM drawn WHERE id % 4 = 0;
INSERT INTO hashed SELECT tenant_id, id, name, amount FROM items WHERE id % 4 = 0;
INSERT INTO events SELECT tenant_id, id, (random() * 20)::int, (random() * 100)::int,
	timestamptz '2025-01-01' + random() * interval '700 days' FROM drawn WHERE id % 2 = 0;
DROP TABLE numbered, drawn;
GRANT SELECT ON tenant_ranks TO PUBLIC;
