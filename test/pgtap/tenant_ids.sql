-- What a tenant id is: 1 to 128 characters, no control characters, no outer spaces; UUIDs in canonical form.
BEGIN;
SELECT plan(286);
\ir fixture/shop.sql
SELECT tenant.set(:ann) \g /dev/null

CREATE TEMP TABLE bad (what text, id text) ON COMMIT DROP;
INSERT INTO bad VALUES ('NULL', NULL), ('empty', ''), ('129 characters', repeat('x', 129)),
	('129 two-byte characters', repeat('é', 129)), ('129 four-byte characters', repeat('😀', 129)),
	('a line feed', E'a\nb'), ('a tab', E'a\tb'), ('a tab at the end', E'a\t'), ('an escape', E'a\x1b[0m'), ('U+0001', E'\x01'),
	('U+007F', E'a\x7f'), ('U+0085, a control character of two bytes', E'a\u0085b'),
	('a leading space', ' a'), ('a trailing space', 'a '), ('a space', ' ');
GRANT SELECT ON bad TO PUBLIC;

-- Whatever takes a tenant id refuses all of these, before it does anything else.
CREATE TEMP TABLE takes_id (command text) ON COMMIT DROP;
INSERT INTO takes_id VALUES ('SELECT tenant.canonical_id(%L)'), ('SELECT tenant.set(%L)'), ('SELECT tenant.set(%L, false)'),
	('SELECT tenant.execute(%L, ''CREATE TABLE shop.made ()'')'), ('SELECT tenant.query(%L, ''SELECT 1'')'),
	('SELECT tenant.provision(%L)'), ('SELECT tenant.activate(%L)'), ('SELECT tenant.suspend(%L)'),
	('SELECT tenant.resume(%L)'), ('SELECT tenant.add_resource(%L, ''bucket'', ''b'')'),
	('SELECT tenant.remove_resource(%L, ''bucket'', ''b'')');
CREATE TEMP TABLE tenants_before ON COMMIT DROP AS SELECT * FROM tenant.tenants;
SELECT throws_ok(format(command, id), '22023', NULL, format(command, '<' || what || '>') || ' is refused')
	FROM takes_id, bad ORDER BY command, what;
-- In a setting, NULL and empty mean none; everything else is checked alike.
SELECT throws_ok(format('SET app.tenant_id = %L', id), '22023', NULL, format('SET app.tenant_id = <%s> is refused', what))
	FROM bad WHERE id <> '' ORDER BY what;
SELECT throws_ok(format('SELECT set_config(''app.tenant_id'', %L, true)', id), '22023', NULL,
	format('set_config(app.tenant_id, <%s>) is refused', what)) FROM bad WHERE id <> '' ORDER BY what;
SELECT throws_ok(format('SELECT tenant.provision(''tap-fine'', platform_id => %L)', id), '22023', NULL,
	format('provision(platform_id => <%s>) is refused', what)) FROM bad WHERE id IS NOT NULL ORDER BY what;
SELECT is(current_setting('app.tenant_id'), :ann, 'no refused id changed the tenant');
SELECT bag_eq('SELECT tenant_id, status FROM tenant.tenants', 'SELECT tenant_id, status FROM tenants_before',
	'nor the registry');
SELECT hasnt_table('shop', 'made', 'nor ran a command');

-- A message must not repeat what may be anything: control characters reach terminals and logs.
SELECT throws_ok(format('SELECT tenant.set(%L)', E'a\x1b[0m'), '22023', 'invalid tenant id', 'the message does not repeat the id');

CREATE TEMP TABLE good (what text, id text) ON COMMIT DROP;
INSERT INTO good VALUES ('one character', 'x'), ('128 characters', repeat('x', 128)),
	('128 two-byte characters', repeat('é', 128)), ('128 four-byte characters', repeat('😀', 128)),
	('an inner space', 'a b'), ('quotes', $$a'b"c$$), ('a backslash', E'a\\b'), ('a zero-led number', '007'),
	('a negative number', '-5'), ('a percent sign', '%s%n'), ('nearly a UUID', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaag');
SELECT is(tenant.canonical_id(id), id, format('%s is an id as it stands', what)) FROM good ORDER BY what;
SELECT is((tenant.provision(id)).tenant_id, id, format('%s can be registered', what)) FROM good ORDER BY what;
SELECT is(tenant.set(id), id, format('%s can be set', what)) FROM good ORDER BY what;
SELECT isnt(tenant.canonical_id('Ann'), tenant.canonical_id('ann'), 'ids that are no UUIDs keep their case');

CREATE TEMP TABLE spellings (id text) ON COMMIT DROP;
INSERT INTO spellings VALUES ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'), ('AAAAAAAA-AAAA-4AAA-8AAA-AAAAAAAAAAAA'),
	('{aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa}'), ('aaaaaaaaaaaa4aaa8aaaaaaaaaaaaaaa'), ('{AAAAAAAAAAAA4AAA8AAAAAAAAAAAAAAA}'),
	('aaaa-aaaa-aaaa-4aaa-8aaa-aaaa-aaaa-aaaa'), ('{aaaaaaaa-aaaaaaaa-8aaaaaaa-aaaaaaaa}');
UPDATE spellings SET id = replace(id, 'aaaaaaaa-8', 'aaaa4aaa-8');
SELECT is(id::uuid, :ann::uuid, format('PostgreSQL reads %s as that UUID', id)) FROM spellings;
SELECT is(tenant.canonical_id(id), :ann, format('%s becomes canonical', id)) FROM spellings;
SELECT is(tenant.set(id), :ann, format('tenant.set(%s) answers in canonical form', id)) FROM spellings;
SELECT throws_ok(format('SELECT tenant.provision(%L)', id), '23505', NULL, format('%s is registered already', id)) FROM spellings;
-- What PostgreSQL does not read as a UUID is another tenant.
SELECT is(tenant.canonical_id(id), id, format('%s is no UUID and stays as it is', id)) FROM unnest(ARRAY[
	'{aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa}', 'aaaaaaaaa-aaa-4aaa-8aaa-aaaaaaaaaaaa',
	'aaaaaaaa--aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaa', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa-']) id;

SET app.tenant_id = '{AAAAAAAA-AAAA-4AAA-8AAA-AAAAAAAAAAAA}';
SELECT is(current_setting('app.tenant_id'), :ann, 'SET stores and SHOW reports the canonical form');
SET ROLE tap_app;
SELECT results_eq('SELECT id FROM shop.orders ORDER BY id', ARRAY[1, 2], 'and that tenant''s rows are seen');
SET app.tenant_id = 'aaaaaaaaaaaa4aaa8aaaaaaaaaaaaaaa';
SELECT results_eq('SELECT id FROM shop.orders ORDER BY id', ARRAY[1, 2], 'also for a spelling without hyphens');
SELECT results_eq('SELECT tenant.query(''AAAAAAAAAAAA4AAA8AAAAAAAAAAAAAAA'', ''SELECT max(id) FROM shop.orders'') ->> ''max''',
	ARRAY['2'], 'and in query()');
SET app.tenant_id = '';
SELECT is(tenant.current_id(), NULL, 'SET to the empty string means none');
RESET ROLE;
SELECT is((tenant.suspend('{AAAAAAAA-AAAA-4AAA-8AAA-AAAAAAAAAAAA}')).tenant_id, :ann, 'lifecycle functions take any spelling');
SELECT lives_ok($$SELECT tenant.add_resource('AAAAAAAAAAAA4AAA8AAAAAAAAAAAAAAA', 'bucket', 'b')$$, 'and so do resources');
SELECT is((SELECT tenant_id FROM tenant.resources WHERE resource_id = 'b'), :ann, 'which are stored in canonical form');
SELECT is((tenant.provision('tap-p', platform_id => '{AAAAAAAA-AAAA-4AAA-8AAA-AAAAAAAAAAAA}')).platform_id, :ann,
	'a platform id that is a UUID is stored in canonical form');

SELECT * FROM finish();
ROLLBACK;
