-- protect(fix_keys => …): which foreign keys it mends, what it refuses, what it leaves alone.
BEGIN;
SELECT plan(14);

CREATE SCHEMA t;
SET LOCAL search_path = t, public;
SET LOCAL client_min_messages = warning;
SELECT tenant.provision('blue'), tenant.provision('red');
CREATE TABLE parents (id int PRIMARY KEY, tenant_id text NOT NULL);
CREATE TABLE children (id int, tenant_id text NOT NULL, parent_id int CONSTRAINT fk REFERENCES parents ON DELETE SET NULL);
INSERT INTO parents VALUES (1, 'blue'), (2, 'red');
INSERT INTO children VALUES (1, 'blue', 1), (2, 'red', 1), (3, 'red', NULL), (4, 'red', 2);
CREATE FUNCTION definition() RETURNS text LANGUAGE sql AS $$ SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'fk' $$;
CREATE FUNCTION checks() RETURNS bigint LANGUAGE sql AS
	$$ SELECT count(*) FROM pg_trigger WHERE tgconstraint = (SELECT oid FROM pg_constraint WHERE conname = 'fk') AND tgname ~ '^tenant_check' $$;

SELECT lives_ok($$SELECT tenant.protect('parents', column_type => 'text', fix_keys => true)$$, 'the other table is not protected yet');
SELECT is(definition(), 'FOREIGN KEY (parent_id) REFERENCES parents(id) ON DELETE SET NULL', 'and the key is left alone');
SELECT throws_ok($$SELECT tenant.protect('children', column_type => 'text')$$, 'TN006',
	'1 row of "children" references a row of another tenant', 'a row that crosses');
SELECT throws_ok($$SELECT tenant.protect('children', column_type => 'text', fix_keys => true)$$, 'TN006',
	'1 row of "children" references a row of another tenant', 'a row that crosses, with fix_keys');
SELECT is((tenant.protection_of('children'::regclass)).tenant_column, NULL, 'nothing is protected then');
DELETE FROM children WHERE id = 2;
SELECT lives_ok($$SELECT tenant.protect('children', column_type => 'text', fix_keys => NULL)$$, 'fix_keys => NULL');
SELECT is(definition(), 'FOREIGN KEY (parent_id) REFERENCES parents(id) ON DELETE SET NULL', 'is false');
SELECT is(checks(), 2::bigint, 'the key is checked');
SELECT is((SELECT checked FROM tenant.unsafe_keys WHERE name = 'fk'), true, 'as the view says');
SELECT lives_ok($$SELECT tenant.protect('parents', column_type => 'text', fix_keys => true)$$, 'either table may be named');
SELECT is(definition(), 'FOREIGN KEY (tenant_id, parent_id) REFERENCES parents(tenant_id, id) ON DELETE SET NULL (parent_id)',
	'the key is over both tenant columns');
SELECT is(checks(), 0::bigint, 'it needs no check');
SELECT is_empty($$SELECT FROM tenant.unsafe_keys WHERE name = 'fk'$$, 'and is safe');
SELECT lives_ok($$SELECT tenant.protect('children', column_type => 'text', fix_keys => true)$$, 'again');

SELECT * FROM finish();
ROLLBACK;
