-- Casts that fail and quote what they fail at: to enums, domains, arrays, composites, through jsonb, in joins and sub-selects.
CREATE TYPE pg_temp.mark AS ENUM ('mine', 'yours');
CREATE DOMAIN pg_temp.short AS text CHECK (length(VALUE) < 13);
CREATE DOMAIN pg_temp.shorts AS text[] CHECK (cardinality(VALUE) < 2);
SET enable_indexscan = off;
SELECT id FROM shop.customers WHERE CASE WHEN id > 0 THEN replace(secret, '-secret', '')::pg_temp.mark IS NOT NULL END;
SELECT id FROM shop.customers WHERE replace(secret, '-secret', '')::pg_temp.mark = 'yours';
SELECT shop.oracle('SELECT id FROM shop.customers WHERE secret::pg_temp.short = ''x''', '23514');
SELECT shop.oracle('SELECT id FROM (SELECT id, secret::pg_temp.short AS s FROM shop.customers) x WHERE s > ''x''', '23514');
SELECT shop.oracle('SELECT id FROM shop.items WHERE ARRAY[data ->> ''sku'']::pg_temp.short[] IS NOT NULL AND price < 0', '23514');
SELECT id FROM shop.items WHERE translate(tags::text, 'abcdefghijklmnopqrstuvwxyz{},-', '0000000000000000000000000{},')::int[] IS NULL;
SELECT id FROM shop.items WHERE (data ->> 'sku')::date IS NULL;
SELECT id FROM shop.customers WHERE ('{' || CASE name WHEN 'x' THEN name ELSE '1' END || '}')::int[] IS NULL OR (CASE WHEN name LIKE 'mine%' THEN '1' ELSE name END)::int IS NULL;
SELECT a.id FROM shop.customers a JOIN shop.countries k ON (CASE WHEN a.name LIKE 'mine%' THEN '1' ELSE a.name END)::int = length(k.code);
SELECT a.id FROM shop.customers a, LATERAL (SELECT CASE WHEN a.name LIKE 'mine%' THEN '1' ELSE a.name END AS n) l WHERE l.n::int = 1;
SELECT n::int FROM (SELECT CASE WHEN name LIKE 'mine%' THEN '1' ELSE name END AS n FROM shop.super_view) l WHERE n::int = 1;
SELECT count(*) FROM shop.customers GROUP BY name HAVING (CASE WHEN name LIKE 'mine%' THEN '1' ELSE name END)::int = 1;
-- One's own values are odd in none of these ways.
CREATE FUNCTION pg_temp.fails(condition text) RETURNS text LANGUAGE sql AS
	$$SELECT shop.found(shop.ending('SELECT id FROM shop.hostile WHERE (' || condition || ') IS NOT NULL') NOT IN ('none', 'TN001'))$$;
SELECT pg_temp.fails(c), c FROM unnest(ARRAY['n::int', 'f::int', 'i::smallint', '(j ->> ''n'')::int', '(j -> ''n'')::int', '1 / i', 'n % i', '-i', 'abs(i)', 'i + 1', 'm * 2', 'd + 3000000', 'ts + span',
	'r + int4range(6, 30)', 'r - int4range(5, 9)', 'convert_from(bin, ''UTF8'')', 'get_byte(bin, 0)', 'jsonb_path_exists(j, ''strict $.sku'')', 'j - ''n''', 'jsonb_set(j, ''{a}'', ''1'')',
	'to_tsquery(split_part(t, '' '', 1))', 't::tsvector', '(a || 1)[1]', 'array_position(a, 1)', 'n::numeric(4, 1)', 'bits::bit(4)::int', 'sqrt(n)', 'ln(f)', 'd::timestamp', 'ip - 1', 'factorial(i)',
	'to_char(n, t)', 'split_part(t, '' '', i)', 'int4range(i, 9)', 'a[1:i]', 'date_part(''day'', ts - ts)', 'overlay(t placing ''x'' from i)', 'substring(t from 1 for i)', 'width_bucket(f, 0, 10, 5)']) c;
