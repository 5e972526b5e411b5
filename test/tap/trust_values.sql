-- Stored values that functions might stumble over, a table for each type: fz."type" (v, is_big). Random ones come
-- from a fixed seed. Patterns and paths are valid ones: those that are not fail for everybody.
CREATE SCHEMA fz;
CREATE TYPE fz.mood AS ENUM ('low', 'high', '');
ALTER TYPE fz.mood ADD VALUE 'first' BEFORE 'low';
SELECT setseed(0.4);

CREATE FUNCTION fz.keep(type text, texts text[], as_type text DEFAULT NULL) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('CREATE TABLE IF NOT EXISTS fz.%I (v %s, is_big boolean)', type, coalesce(as_type, type));
	EXECUTE format('INSERT INTO fz.%I SELECT t::%s, coalesce(length(t) > 5000, false) FROM unnest($1) t', type, coalesce(as_type, type)) USING texts;
END
$$;
-- Texts of random characters, of all lengths that storage treats differently.
CREATE FUNCTION fz.random_texts(count integer, alphabet text) RETURNS text[] LANGUAGE sql AS $$
	SELECT array_agg((SELECT coalesce(string_agg(substr(alphabet, 1 + (random() * (length(alphabet) - 1))::integer, 1), ''), '')
		FROM generate_series(1, (random() * n * n)::integer) WHERE n > 0)) FROM generate_series(0, count) n
$$;

SELECT fz.keep('text', ARRAY['', ' ', '%', '_', '\', '\\', 'a\', '%%__', 'a', 'A', 'abc', '(', '[', '*+?', '{1,2}', E'\n\r\t', E'\x01\x7f', chr(1114111),
	chr(65533), 'İıßſǅﬁΣς', 'é' || chr(769), '👩‍👩‍👧', 'null', '0', '-1', '9999999999999999999', '$.a', 'a.b.c', repeat('a', 2049), repeat('ab%_\', 2000),
	repeat('a', 1000000), repeat('é.', 50000), NULL] || fz.random_texts(12, 'aAbB%_\ .éß👍({['));
SELECT fz.keep('character', ARRAY(SELECT left(v, 10485760) FROM fz.text), 'bpchar');
SELECT fz.keep('name', ARRAY(SELECT left(v, 20) FROM fz.text WHERE NOT is_big));
SELECT fz.keep('citext', ARRAY(SELECT v FROM fz.text WHERE NOT is_big) || repeat('İ', 10000));
SELECT fz.keep('bytea', ARRAY['', '\x00', '\xff00ff', repeat('a', 100000), NULL]);
SELECT fz.keep('like', ARRAY['', '%', '_', '%a%', 'a%', '%b', 'A_B%', '\%', '\\%', '%\_%', '%a%b%', '(%', '%%%_%%', 'é%', '%👍%', repeat('_', 300), NULL], 'text');
SELECT fz.keep('regex', ARRAY['', 'a', '^a', 'b$', 'a.*b', '(a|b)+', '[[:alpha:]]+', '\m\w+\M', '(.)\1', '^(?:a|ab)*$', '\(', 'a{2,5}', '(?i)É', '(?=a)b?', '***=(', NULL], 'text');
SELECT fz.keep('jsonpath', ARRAY['$', '$.a', 'strict $.a', 'lax $[*].a', 'strict $[*]', '$.*', 'strict $.*', '$.**', '$.**{2 to last}', '$[last]', 'strict $[0 to 3]',
	'$.a == 1', '$.a < "x" && !($.b >= null)', '$ ? (@.a > 1)', 'strict $.a.b ? (@ == 1 || @.c starts with "x")', '$.type()', 'strict $.size() > 2',
	'exists($.a ? (@ == true))', '($.a > 1) is unknown', '$ == 1e300', NULL]);
SELECT fz.keep('numeric', ARRAY['NaN', 'Infinity', '-Infinity', '0', '-0.000', '1', '-1', '0.1', '1e131071', '-1e131071', '1e-16383', repeat('9', 1000), '1.' || repeat('3', 5000),
	'32767', '-2147483649', '1e308', '1e309', NULL] || ARRAY(SELECT ((random() - 0.5) * 10 ^ (random() * 200)::numeric)::text FROM generate_series(1, 10)));
SELECT fz.keep('integer', ARRAY['0', '1', '-1', '2', '2147483647', '-2147483648', NULL]);
SELECT fz.keep('bigint', ARRAY['0', '1', '-1', '9223372036854775807', '-9223372036854775808', NULL]);
SELECT fz.keep('fz.mood', ARRAY['low', 'high', '', 'first', NULL]);
SELECT fz.keep('tsvector', ARRAY['', 'a', 'a:1 b:2', 'a:16383A,16382B b:1C', ''' ''', '''%''', '''\\\\''', 'a:1,2,3,4,5,6,7,8 b:2 c:3', repeat('x', 2046), NULL]
	|| (SELECT string_agg(format('w%s:%s', i, i % 16383 + 1), ' ') FROM generate_series(1, 20000) i)
	|| (SELECT 'a:' || string_agg(i::text, ',') FROM generate_series(1, 255) i));
SELECT fz.keep('tsquery', ARRAY['a', '!a', '!!!!a', 'a & b', 'a | !b', 'a <-> b', 'a <16384> b', '(a | b) <2> !c', 'a:*', 'a:AB', 'a:*D <-> b', '''%''', NULL]
	|| (repeat('!', 20) || 'a') || (repeat('(', 20) || 'a' || repeat(' & b)', 20)) || (SELECT string_agg('w' || i, ' | ') FROM generate_series(1, 150) i));
SELECT fz.keep('jsonb', ARRAY['null', 'true', '0', '-0', '1e1000', '1e-1000', '""', '"a"', '[]', '{}', '[[]]', '{"":""}', '{"a":1}', '{"a":{"b":{"c":"x"}}}', '{"a":[1,"2",null,true,{"a":[]}]}',
	'[1,2,3]', '["a","b"]', '[null]', '{"a":null,"b":"\u0001\uffff"}', '{"a":1,"a":2}', '"2020-01-01T00:00:00+14"', '{"%":"\\"}', NULL]
	|| (repeat('[', 1000) || repeat(']', 1000)) || (repeat('{"a":', 1000) || '1' || repeat('}', 1000))
	|| (SELECT jsonb_agg(i)::text FROM generate_series(1, 5000) i) || (SELECT jsonb_object_agg('k' || i, i)::text FROM generate_series(1, 5000) i)
	|| to_jsonb(repeat('a', 300000))::text || ('1' || repeat('0', 1000)));
SELECT fz.keep('integer[]', ARRAY['{}', '{NULL}', '{1}', '{1,NULL,2}', '{{1,2},{3,4}}', '{{{1}},{{NULL}}}', '[-5:-3]={1,2,3}', '[2147483646:2147483646]={1}', '[0:1][-1:0]={{1,2},{3,4}}',
	'{2147483647,-2147483648}', NULL] || (SELECT array_agg(i)::text FROM generate_series(1, 3000) i));
SELECT fz.keep('text[]', ARRAY['{}', '{NULL}', '{""}', '{a}', '{a,NULL}', '{{a,b},{c,d}}', '[-1:0]={a,b}', '{NULL,NULL}', '{0,a,-1}', '{a,b,c}', NULL]
	|| ARRAY[repeat('a', 200000)]::text);
SELECT fz.keep('numeric[]', ARRAY['{}', '{NaN,Infinity,-Infinity}', '{1e131071}', '{NULL,0}', '{{1,2}}', NULL]);
SELECT fz.keep('fz.mood[]', ARRAY['{}', '{low,high}', '{NULL,""}', NULL]);
SELECT fz.keep('tstzrange[]', ARRAY['{}', '{empty}', '{"(,)"}', '{NULL,"[2020-01-01,2020-02-01)"}', NULL]);
SELECT fz.keep('int4range', ARRAY['empty', '(,)', '[1,1]', '[1,2)', '[5,10)', '(,2147483647)', '[-2147483648,)', '[2147483646,2147483647)', '[-2147483648,2147483647)', NULL]);
SELECT fz.keep('int4multirange', ARRAY['{}', '{(,)}', '{[1,2),[5,10)}', '{(,-1),[2147483646,2147483647)}', NULL]
	|| (SELECT '{' || string_agg(format('[%s,%s)', 3 * i, 3 * i + 1), ',') || '}' FROM generate_series(1, 2000) i));
SELECT fz.keep('int8range', ARRAY['empty', '(,)', '[1,2)', '[-9223372036854775808,9223372036854775807)', NULL]);
SELECT fz.keep('daterange', ARRAY['empty', '(,)', '[2020-01-01,2020-02-01)', '[-infinity,infinity]', '(-infinity,infinity)', '["4713-01-01 BC",5874897-12-30]', '[infinity,infinity]', NULL]);
SELECT fz.keep('datemultirange', ARRAY['{}', '{(,)}', '{[-infinity,2020-01-01],[2021-01-01,infinity]}', NULL]);
SELECT fz.keep('tstzrange', ARRAY['empty', '(,)', '[2020-01-01,2020-02-01)', '[-infinity,infinity]', '(-infinity,infinity)', '["4714-11-24 00:00:00+00 BC","294276-12-31 23:59:59.999999+00"]', NULL]);
SELECT fz.keep('tstzmultirange', ARRAY['{}', '{(,)}', '{[-infinity,2020-01-01],[2021-01-01,infinity]}', NULL]);
SELECT fz.keep('inet', ARRAY['0.0.0.0/0', '::/0', '255.255.255.255', '10.0.0.1/8', '10.0.0.0/8', '::ffff:10.0.0.1', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '::1/128', '1.2.3.4/32', NULL]);
SELECT fz.keep('date', ARRAY['infinity', '-infinity', '4713-01-01 BC', '5874897-12-31', '294276-12-31', '294277-01-01', '2000-01-01', '0001-01-01 BC', '1883-11-18', NULL]);
SELECT fz.keep('timestamp without time zone', ARRAY['infinity', '-infinity', '4714-11-24 00:00:00 BC', '294276-12-31 23:59:59.999999', '2000-01-01', '2021-03-28 02:30', '1883-11-18 12:03:57', NULL]);
SELECT fz.keep('timestamp with time zone', ARRAY['infinity', '-infinity', '4714-11-24 00:00:00+00 BC', '294276-12-31 23:59:59.999999+00', '2000-01-01+14', '2021-03-28 02:30+00', NULL]);
SELECT fz.keep('hstore', ARRAY['', 'a=>1', 'a=>NULL', '""=>""', 'a=>1,b=>2', '"%"=>"\\"', NULL] || (SELECT string_agg(format('k%s=>%s', i, i), ',') FROM generate_series(1, 3000) i)
	|| ('a=>' || repeat('x', 200000)));
SELECT fz.keep('ltree', ARRAY['', 'a', 'A', 'a.b', 'a.b.c', 'é.ß', repeat('x', 255), NULL] || (repeat('a.', 60) || 'a') || (repeat('b.', 30) || 'c'));
SELECT fz.keep('lquery', ARRAY['*', 'a', 'a.*', '*.b.*', '*{,}', '*{2,5}', 'a|b.!c', '!a.*', 'A@', 'a*', 'b%', 'x*@%', '*.a{1,3}.*', repeat('*.', 3) || 'c', NULL]);
SELECT fz.keep('ltxtquery', ARRAY['a', 'a & b', 'a | !b', '!a', 'A@ & b*', 'x%', '(a | b) & c', NULL] || (repeat('!', 12) || 'a'));

-- What index entries and statistics are made of is met too.
CREATE INDEX ON fz.text USING gin (v gin_trgm_ops);
CREATE INDEX ON fz.text USING gist (v gist_trgm_ops);
CREATE INDEX ON fz.name (v);
CREATE INDEX ON fz."fz.mood" (v);
CREATE INDEX ON fz.numeric (v);
CREATE INDEX ON fz.date (v);
CREATE INDEX ON fz."timestamp without time zone" (v);
CREATE INDEX ON fz."timestamp with time zone" (v);
CREATE INDEX ON fz.inet USING gist (v inet_ops);
CREATE INDEX ON fz.tsvector USING gin (v);
CREATE INDEX ON fz.tsvector USING gist (v);
CREATE INDEX ON fz.tsquery USING gist (v);
CREATE INDEX ON fz.jsonb USING gin (v);
CREATE INDEX ON fz.jsonb USING gin (v jsonb_path_ops);
CREATE INDEX ON fz."integer[]" USING gin (v);
CREATE INDEX ON fz."text[]" USING gin (v);
CREATE INDEX ON fz."fz.mood[]" USING gin (v);
CREATE INDEX ON fz.int4range USING gist (v);
CREATE INDEX ON fz.int4multirange USING gist (v);
CREATE INDEX ON fz.daterange USING gist (v);
CREATE INDEX ON fz.tstzrange USING gist (v);
CREATE INDEX ON fz.tstzmultirange USING gist (v);
CREATE INDEX ON fz.hstore USING gin (v);
CREATE INDEX ON fz.hstore USING gist (v);
CREATE INDEX ON fz.ltree USING gist (v) WHERE NOT is_big;
ANALYZE;
