-- set_from_headers and context_headers.
BEGIN;
SELECT plan(334);
\ir fixture/shop.sql
SET ROLE tap_app;
CREATE FUNCTION pg_temp.who() RETURNS text LANGUAGE sql AS 'SELECT i::text FROM tenant.identity() i';

SELECT is(tenant.set_from_headers(jsonb_build_object('X-Platform-ID', 'east', 'X-Tenant-ID', :ann, 'X-Tenant-Name', 'Ann',
	'X-Trace-ID', 't1', 'X-Span-ID', 's1', 'X-Request-ID', 'r1', 'Accept', '*/*')), :ann, 'the headers set the identity');
SELECT is(pg_temp.who(), format('(east,%s,Ann,r1,t1,s1)', :ann), 'all six parts of it');
SELECT is(tenant.context_headers(), jsonb_build_object('X-Platform-ID', 'east', 'X-Tenant-ID', :ann, 'X-Tenant-Name', 'Ann',
	'X-Trace-ID', 't1', 'X-Span-ID', 's1', 'X-Request-ID', 'r1'), 'context_headers() gives back those, and no others');
SELECT results_eq('SELECT id FROM shop.orders ORDER BY id', ARRAY[1, 2], 'and the tenant''s rows are seen');
SELECT is(tenant.set_from_headers(tenant.context_headers(), 'tenant'), :ann, 'what it gives back can be read again');

-- Nothing of the request before remains.
SELECT is(tenant.set_from_headers(jsonb_build_object('X-Tenant-ID', :bob)), :bob, 'the next request');
SELECT is(pg_temp.who(), format('(,%s,,,,)', :bob), 'has nothing of the one before');
SELECT is(tenant.context_headers(), jsonb_build_object('X-Tenant-ID', :bob), 'nor passes it on');

-- Spelling of names and values.
SELECT is(tenant.set_from_headers(jsonb_build_object(name, :ann)), :ann, format('%s is read', name))
	FROM unnest(ARRAY['x-tenant-id', 'X-TENANT-ID', 'x-TeNaNt-Id']) name;
SELECT is(tenant.set_from_headers(jsonb_build_object('X-Tenant-ID', head || :ann || tail)), :ann,
	format('<%s> before and <%s> after the value are trimmed', head, tail))
	FROM (VALUES (' ', ''), ('', '  '), (E'\t', E' \t')) v(head, tail);
SELECT is(tenant.set_from_headers(jsonb_build_object('X-Tenant-ID', upper(:ann))), :ann, 'a UUID becomes canonical');
SELECT is(tenant.set_from_headers(jsonb_build_object('X-Tenant-ID', ARRAY[:ann])), :ann, 'an array of one string is that string');
SELECT is(tenant.set_from_headers(jsonb_build_object('X-Tenant-ID', :ann, 'x-tenant-id', ' ' || :ann)), :ann,
	'the same value twice is one value');
SELECT is(tenant.set_from_headers(jsonb_build_object('X-Tenant-ID', ARRAY[:ann, ' ' || :ann, ''])), :ann, 'nor is it more than one in an array');
SELECT is(tenant.set_from_headers(jsonb_build_object('X-Tenant-ID', ARRAY[:ann, :ann], 'x-TENANT-id', :ann, 'X-Tenant-Name', '["Ann", "Ann"]'::jsonb), 'tenant'), :ann,
	'nor in an array and by another spelling');
SELECT is(tenant.set_from_headers(jsonb_build_object('X-Tenant-ID', :ann, 'x-tenant-id', '')), :ann, 'an empty one beside it counts for nothing');
SELECT is(tenant.set_from_headers(jsonb_build_object('X-Tenant-ID', :ann, 'x-tenant-id', NULL)), :ann, 'and so does null');
SELECT is(tenant.set_from_headers(jsonb_build_object('X-Tenant-ID', :ann, 'X-Tenant-IDs', 'b', 'Tenant-ID', 'c', 'X_Tenant_ID', 'd')),
	:ann, 'names that are only similar are not read');

-- What is refused, and changes nothing.
SELECT tenant.set_from_headers(jsonb_build_object('X-Tenant-ID', :bob, 'X-Request-ID', 'r0')) \g /dev/null
SELECT pg_temp.who() AS before \gset
CREATE TEMP TABLE refused (what text, headers jsonb, code text) ON COMMIT DROP;
INSERT INTO refused VALUES ('NULL', NULL, '22023'), ('a JSON null', 'null', '22023'), ('an array', '[]', '22023'),
	('a string', '"X-Tenant-ID"', '22023'), ('a number', '7', '22023'),
	('no tenant', '{}', 'TN001'), ('an empty tenant', '{"X-Tenant-ID": ""}', 'TN001'), ('a blank tenant', '{"X-Tenant-ID": " \t "}', 'TN001'),
	('a null tenant', '{"X-Tenant-ID": null}', 'TN001'), ('a number as tenant', '{"X-Tenant-ID": 7}', '22023'),
	('a boolean as tenant', '{"X-Tenant-ID": true}', '22023'), ('an object as tenant', '{"X-Tenant-ID": {}}', '22023'),
	('an array of none', '{"X-Tenant-ID": []}', '22023'), ('an array of two', '{"X-Tenant-ID": ["a", "b"]}', '22023'),
	('an array of a number', '{"X-Tenant-ID": [7]}', '22023'), ('a nested array', '{"X-Tenant-ID": [["a"]]}', '22023'),
	('two tenants', jsonb_build_object('X-Tenant-ID', :ann, 'x-tenant-id', :bob), '22023'),
	('a line feed in the tenant', '{"X-Tenant-ID": "a\nb"}', '22023'), ('a line feed after the tenant', '{"X-Tenant-ID": "a\n"}', '22023'),
	('129 characters', jsonb_build_object('X-Tenant-ID', repeat('é', 129)), '22023'),
	('an unknown tenant', jsonb_build_object('X-Tenant-ID', :nobody), 'TN002'),
	('a suspended tenant', jsonb_build_object('X-Tenant-ID', :off), 'TN003'),
	('a pending tenant', jsonb_build_object('X-Tenant-ID', :new), 'TN003'),
	('a name that disagrees', jsonb_build_object('X-Tenant-ID', :ann, 'X-Tenant-Name', 'Bob'), 'TN004'),
	('a platform that disagrees', jsonb_build_object('X-Tenant-ID', :ann, 'X-Platform-ID', 'west'), 'TN004'),
	('one tenant in two spellings', jsonb_build_object('X-Tenant-ID', :ann, 'x-tenant-id', upper(:ann)), '22023'),
	('two tenants in arrays', jsonb_build_object('X-Tenant-ID', ARRAY[:ann], 'x-tenant-id', ARRAY[:bob]), '22023'),
	('an array with a null', jsonb_build_object('X-Tenant-ID', ARRAY[:ann, NULL]), '22023'), ('an array with a number', '{"X-Tenant-ID": ["a", 7]}', '22023'),
	('two joined by a comma', jsonb_build_object('X-Tenant-ID', :ann || ', ' || :bob), 'TN002'), ('one joined by a comma', jsonb_build_object('X-Tenant-ID', :ann || ',' || :ann), 'TN002'),
	('a name with a blank', jsonb_build_object('X-Tenant-ID ', :ann), 'TN001'),
	('two names of the tenant', jsonb_build_object('X-Tenant-ID', :ann, 'X-Tenant-Name', 'Ann', 'x-tenant-name', 'Bob'), '22023'),
	('megabytes', jsonb_build_object('X-Tenant-ID', repeat('x', 5000000)), '22023'),
	('a line feed in the request id', jsonb_build_object('X-Tenant-ID', :ann, 'X-Request-ID', E'r\nX-Tenant-ID: b'), '22023'),
	('a trace id of 129 characters', jsonb_build_object('X-Tenant-ID', :ann, 'X-Trace-ID', repeat('t', 129)), '22023'),
	('a number as span id', jsonb_build_object('X-Tenant-ID', :ann, 'X-Span-ID', 1), '22023');
-- The same for each header: too long, of another type, with a control character or white space beyond ASCII at its ends.
INSERT INTO refused SELECT format('%s: %s', header, what), jsonb_build_object('X-Tenant-ID', :ann) || jsonb_build_object(header, value), '22023'
	FROM (VALUES ('X-Platform-ID', 128), ('X-Tenant-ID', 128), ('X-Tenant-Name', 256), ('X-Trace-ID', 128), ('X-Span-ID', 128), ('X-Request-ID', 128)) h (header, longest)
	CROSS JOIN LATERAL (VALUES ('too long', to_jsonb(repeat('é', longest + 1))), ('false', 'false'), ('an object', '{"a": "b"}'), ('an array of arrays', '[["a"]]'), ('no array', '[]'),
		('LF', to_jsonb(E'a\nb'::text)), ('CR at the end', to_jsonb(E'a\r'::text)), ('VT before', to_jsonb(E'\x0ba'::text)), ('DEL', to_jsonb(E'a\x7f'::text)), ('ESC', to_jsonb(E'\x1b[31m'::text)),
		('NEL', to_jsonb(U&'a\0085'::text)), ('CSI', to_jsonb(U&'\009ba'::text)), ('NBSP before', to_jsonb(U&'\00a0a'::text)), ('NBSP after blanks', to_jsonb(U&'a \00a0 '::text)),
		('ideographic space', to_jsonb(U&'a\3000'::text)), ('zero width', to_jsonb(U&'a\200b'::text)), ('BOM', to_jsonb(U&'\feffa'::text)), ('line separator', to_jsonb(U&'\2028'::text))) v (what, value);
SELECT throws_ok(format('SELECT tenant.set_from_headers(%L)', headers), code, NULL, format('%s is refused', what)) FROM refused ORDER BY what;
SELECT throws_ok(format('SELECT tenant.set_from_headers(%L, is_local => false)', headers), code, NULL, format('%s is refused for the session', what))
	FROM refused ORDER BY what;
SELECT is(pg_temp.who(), :'before', 'the identity is the one before');

-- As long as may be, and white space inside.
SELECT lives_ok(format('SELECT tenant.set_from_headers(%L)', jsonb_build_object('X-Tenant-ID', :bob, header, repeat('é', 128))), format('%s of 128 characters', header))
	FROM unnest(ARRAY['X-Trace-ID', 'X-Span-ID', 'X-Request-ID']) header;
SELECT lives_ok(format('SELECT tenant.set_from_headers(%L)', jsonb_build_object('X-Tenant-ID', :bob, 'X-Request-ID', U&' a\00a0\200bb ')), 'white space inside');
SELECT is(tenant.context_headers() ->> 'X-Request-ID', U&'a\00a0\200bb', 'is kept');
SELECT tenant.set_from_headers(jsonb_build_object('X-Tenant-ID', :bob, 'X-Request-ID', 'r0')) \g /dev/null

-- require.
SELECT throws_ok(format('SELECT tenant.set_from_headers(''{}'', %L)', require), '22023', NULL, format('require <%s> is refused', require))
	FROM unnest(ARRAY['', 'TENANT', 'tenant_id ', 'tenant_name', NULL]) require;
SELECT throws_ok(format('SELECT tenant.set_from_headers(%L, ''tenant'')', headers), 'TN001', NULL, format('require tenant: %s', what))
	FROM (VALUES ('no name', jsonb_build_object('X-Tenant-ID', :ann)), ('an empty name', jsonb_build_object('X-Tenant-ID', :ann, 'X-Tenant-Name', ' ')),
		('no tenant', '{"X-Tenant-Name": "Ann"}')) v(what, headers);
SELECT is(pg_temp.who(), :'before', 'and nothing has changed');
SELECT is(tenant.set_from_headers(jsonb_build_object('X-Tenant-ID', :ann, 'X-Tenant-Name', 'Ann'), 'tenant'), :ann, 'require tenant with both');
SELECT is(tenant.set_from_headers('{"X-Request-ID": "r9"}', 'none'), NULL, 'require none without a tenant gives NULL');
SELECT is(pg_temp.who(), '(,,,r9,,)', 'and takes the former tenant away');
SELECT throws_ok('TABLE shop.orders', 'TN001', NULL, 'so that its rows are no longer seen');
SELECT is(tenant.set_from_headers(jsonb_build_object('X-Tenant-ID', :ann), 'none'), :ann, 'require none with a tenant sets it');
SELECT throws_ok(format('SELECT tenant.set_from_headers(%L, ''none'')', jsonb_build_object('X-Tenant-ID', :nobody)), 'TN002', NULL,
	'require none does not mean that any tenant will do');

-- How long it holds.
SAVEPOINT before;
SELECT tenant.set_from_headers(jsonb_build_object('X-Tenant-ID', :bob), is_local => false) \g /dev/null
ROLLBACK TO before;
SELECT is(tenant.current_id(), :ann, 'it is undone with its subtransaction');

SELECT * FROM finish();
ROLLBACK;
