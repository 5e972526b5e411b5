-- Domains: spellings, wildcards, whose they are, who may ask. Two sessions: isolation/domains.
BEGIN;
SELECT plan(72);
\ir fixture/shop.sql
SET SESSION AUTHORIZATION tap_admin;

-- provision(), set_domains(): what is stored.
SELECT is((tenant.provision('tap-1', domains => ARRAY['B.example.', 'a.example', 'b.EXAMPLE', '*.Wild.example', 'MÜNCHEN.example'])).domains,
	'{b.example,a.example,*.wild.example,xn--mnchen-3ya.example}', 'in one spelling, each once, in their order');
SELECT is((tenant.set_domains('tap-1', ARRAY['faß.example', 'ΣΊΣΥΦΟς.example', 'Ｗｉｄｅ。example', 'Mu' || U&'\0308' || 'nchen.example'])).domains,
	'{xn--fa-hia.example,xn--kxa6ajbbmh.example,wide.example,xn--mnchen-3ya.example}', 'lower case, sharp s and final sigma as they are, compatibility forms, composed');
SELECT is((tenant.set_domains('tap-1', '{xn--mnchen-3ya.example,1.2.3.4,localhost,*.com}')).domains, '{xn--mnchen-3ya.example,1.2.3.4,localhost,*.com}', 'or as they were');
SELECT is((tenant.set_domains('tap-1', '{}')).domains, '{}', 'or none');
SELECT is((SELECT updated_at = now() FROM tenant.tenants WHERE tenant_id = 'tap-1'), true, 'and when');

-- What is no domain, for every function that takes one.
CREATE TEMP TABLE faults (what text, domain text);
INSERT INTO faults VALUES ('empty', ''), ('a dot', '.'), ('an empty label', 'a..example'), ('a space', 'a b.example'), ('a port', 'a.example:80'),
	('a URL', 'https://a.example'), ('an underscore', 'a_b.example'), ('a hyphen in front', '-a.example'), ('a star inside', 'a.*.example'), ('a star alone', '*'),
	('a soft hyphen', U&'a\00ad.example'), ('a zero width joiner', U&'a\200db.example'), ('punycode of ASCII', 'xn--abc-.example'),
	('punycode of capitals', 'xn--mnchen-psa.example'), ('what becomes a slash', '℀.example'), ('a label of 64', repeat('a', 64) || '.example'),
	('254 characters', repeat('a.', 126) || 'aa'), ('a line feed', E'a.example\n'), ('a dotted capital i', 'İ.example'), ('2000 characters', repeat('ü', 1000));
GRANT SELECT ON faults TO PUBLIC;
SELECT throws_ok(format('SELECT tenant.set_domains(''tap-1'', ARRAY[%L])', domain), '22023', 'invalid domain', 'set_domains() refuses ' || what) FROM faults;
SELECT throws_ok(format('SELECT tenant.id_for_domain(%L)', domain), '22023', 'invalid domain', 'id_for_domain() refuses ' || what) FROM faults;
SELECT throws_ok($$SELECT tenant.id_for_domain('*.wild.example')$$, '22023', NULL, 'id_for_domain() refuses a wildcard');
SELECT throws_ok('SELECT tenant.id_for_domain(NULL)', '22023', NULL, 'and NULL');
SELECT throws_ok($$SELECT tenant.set_domains('tap-1', NULL)$$, '22023', NULL, 'set_domains() refuses NULL');
SELECT throws_ok($$SELECT tenant.provision('tap-x', domains => '{a b}')$$, '22023', NULL, 'provision() too');
SELECT is((SELECT domains FROM tenant.tenants WHERE tenant_id = 'tap-1'), '{}', 'and nothing has changed');

-- Whose it is: the domain itself, else the longest wildcard.
SELECT tenant.set_domains('tap-1', '{shop.example,*.shop.example}') \g /dev/null
SELECT tenant.provision('tap-2', domains => '{a.shop.example,*.eu.shop.example,ö.example}') \g /dev/null
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION tap_app;
SELECT is(tenant.id_for_domain(asked), id, asked) FROM (VALUES ('shop.example', 'tap-1'), ('SHOP.example.', 'tap-1'), ('b.shop.example', 'tap-1'),
	('x.b.shop.example', 'tap-1'), ('a.shop.example', 'tap-2'), ('b.a.shop.example', 'tap-1'), ('eu.shop.example', 'tap-1'), ('de.eu.shop.example', 'tap-2'),
	('x.de.eu.shop.example', 'tap-2'), ('Ö.EXAMPLE', 'tap-2'), ('xn--nda.example', 'tap-2')) v (asked, id);
SELECT throws_ok($$SELECT tenant.id_for_domain('other.example')$$, 'TN002', 'no tenant has domain "other.example"', 'a domain that nobody has');
SELECT throws_ok($$SELECT tenant.id_for_domain('myshop.example')$$, 'TN002', NULL, 'a longer word is no part of a wildcard');

-- set_from_domain().
SELECT throws_ok($$SELECT tenant.set_from_domain('other.example')$$, 'TN002', NULL, 'set_from_domain() of one that nobody has');
SELECT is(tenant.set_from_domain('a.shop.example'), 'tap-2', 'sets the tenant');
SELECT is(tenant.current_id(), 'tap-2', 'for what follows');
SELECT is(tenant.set_from_domain('b.shop.example', false), 'tap-1', 'or for the session');
SELECT throws_ok($$SELECT tenant.set_domains('tap-1', '{}')$$, '42501', NULL, 'an ordinary role changes no domains');
SELECT throws_ok('TABLE tenant.tenant_domains', '42501', NULL, 'nor sees whose they are');
RESET SESSION AUTHORIZATION;
SELECT tenant.clear() \g /dev/null
SET SESSION AUTHORIZATION tap_admin;
SELECT tenant.suspend('tap-2') \g /dev/null
SELECT throws_ok($$SELECT tenant.set_from_domain('a.shop.example')$$, 'TN003', NULL, 'a suspended tenant keeps its domains, and is not let in');
RESET SESSION AUTHORIZATION;
-- What id_for_domain() looks up.
INSERT INTO tenant.tenants (tenant_id, domains) SELECT 'many-' || n, ARRAY['d' || n || '.many.example'] FROM generate_series(1, 3000) n;
ANALYZE tenant.tenant_domains;
CREATE FUNCTION pg_temp.plan(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$ BEGIN RETURN QUERY EXECUTE 'EXPLAIN ' || query; END $$;
SELECT is(tenant.id_for_domain('d77.many.example'), 'many-77', 'one of thousands');
SELECT alike((SELECT string_agg(plan, E'\n') FROM pg_temp.plan($$SELECT d.tenant_id FROM tenant.tenant_domains d
	WHERE d.domain = ANY ('{a.b.c,*.b.c,*.c}') ORDER BY array_position('{a.b.c,*.b.c,*.c}', d.domain) LIMIT 1$$) plan), '%tenant_domains_pkey%', 'is found by the index');
SELECT * FROM finish();
ROLLBACK;
