# What a backend keeps of tenants and grants is bounded, the tenants in use stay, and one that had to go is read anew.
use strict;
use warnings;

use TenantTest;
use Test::More;

my $tenants = 100_000;
my $node = tenant_node('main');
create_shop($node);
$node->safe_psql('postgres', qq{
	INSERT INTO tenant.tenants (tenant_id, status) SELECT md5(i::text)::uuid::text, 'active' FROM generate_series(1, $tenants) i;
	CREATE FUNCTION public.id(number int) RETURNS text LANGUAGE sql AS 'SELECT md5(number::text)::uuid::text';
	CREATE ROLE bound LOGIN;
	GRANT app TO bound;
	GRANT pg_read_all_stats TO app, bound;
	INSERT INTO tenant.role_grants (role, tenant_id) SELECT 'bound'::regrole, public.id(i) FROM generate_series(1, 2000) i;
});

# Bytes of a backend's cache; its hash table has a context of the same name below.
sub bytes
{
	my ($session, $name) = @_;
	return $session->answer("SELECT coalesce(sum(total_bytes), 0) FROM pg_backend_memory_contexts WHERE name = 'pg_tenant $name'");
}

# A statement for each tenant in turn, and one for tenant 1 after every tenth; returns how often the registry was read.
sub visit
{
	my ($session, $from, $to) = @_;
	$session->do(qq{DO \$\$
		DECLARE before bigint := (SELECT idx_scan FROM pg_stat_xact_all_tables WHERE relid = 'tenant.tenants'::regclass);
		BEGIN
			FOR i IN $from .. $to LOOP
				PERFORM set_config('app.tenant_id', public.id(i), false);
				PERFORM FROM shop.items;
				IF i % 10 = 0 THEN
					PERFORM set_config('app.tenant_id', public.id(1), false);
					PERFORM FROM shop.items;
				END IF;
			END LOOP;
			PERFORM set_config('test.reads', ((SELECT idx_scan FROM pg_stat_xact_all_tables WHERE relid = 'tenant.tenants'::regclass)
				- before)::text, false);
		END\$\$});
	return $session->answer('SHOW test.reads');
}

my $app = session($node);
# Once for its status, and once for its configuration, which has its limits.
is(visit($app, 1, $tenants), 2 * $tenants, 'all tenants in turn: each is read once for each cache, and the one in use stays');
my $size = bytes($app, 'tenants');
cmp_ok($size, '<', 6_000_000, "what is kept of the tenants is bounded ($size bytes)");
visit($app, 1, 30_000);
is(bytes($app, 'tenants'), $size, 'and does not grow');
is(visit($app, 25_000, 30_000), 0, 'what was used last is there');

$node->append_conf('postgresql.conf', "pg_tenant.cached_tenants = 100\n");
$node->reload;
$node->poll_query_until('postgres', "SELECT current_setting('pg_tenant.cached_tenants') = '100'");
my $small = session($node);
is($small->answer('SHOW pg_tenant.cached_tenants'), '100', 'the setting');
is_answer($small, 'SET pg_tenant.cached_tenants = 1000', '42501', 'is not the session\'s to set');
is(visit($small, 1, 2000), 2 * 2000, 'a small cache: each is read once for each cache');
is(visit($small, 1911, 2000), 0, 'the last are there');
is(visit($small, 1801, 1900), 2 * 100, 'those before are not');
cmp_ok(bytes($small, 'tenants'), '<', 100_000, 'it is small');

# Grants: one entry for each tenant, and one of the role.
my $bound = session($node, user => 'bound');
visit($bound, 1, 2000);
my $grants = bytes($bound, 'grants');
cmp_ok($grants, '<', 100_000, "grants are bounded too ($grants bytes)");
$bound->do("SET app.tenant_id = '${\ BLUE}'");
is_answer($bound, 'SELECT FROM shop.items', 'TN005', 'a tenant that the role has no grant for');

# A change holds at the next statement, whether the tenant is kept, had to go, or went after it was told.
sub stands
{
	my ($number, $expected, $name) = @_;
	$small->do("SELECT set_config('app.tenant_id', public.id($number), false)");
	is_answer($small, 'SELECT FROM shop.items', $expected, $name);
	return;
}
my $root = superuser($node);
visit($small, 1, 20);
$root->do('SELECT tenant.suspend(public.id(5), \'test\')');
stands(5, 'TN003', 'suspended while it is kept');
visit($small, 21, 300);
stands(5, 'TN003', 'read anew');
$root->do('SELECT tenant.resume(public.id(5))');
stands(5, 'SELECT 0', 'resumed while it is kept');
visit($small, 21, 300);
$root->do('SELECT tenant.suspend(public.id(5), \'test\')');
stands(5, 'TN003', 'suspended after it had to go');
visit($small, 21, 300);
$root->do('SELECT tenant.resume(public.id(5))');
stands(5, 'SELECT 0', 'resumed after it had to go');

# Two ids of one hash.
$node->safe_psql('postgres', q{
	SET SESSION AUTHORIZATION shop_owner;
	CREATE TABLE shop.notes (note text);
	SELECT tenant.protect('shop.notes', column_type => 'text');
	RESET SESSION AUTHORIZATION;
	SELECT tenant.provision('nakmvxxv'), tenant.provision('tbdxatiq'), tenant.suspend('tbdxatiq', 'test');
	SELECT tenant.grant_tenant('bound', 'nakmvxxv');
});
for my $round (1, 2)
{
	for my $case ([ $small, 'nakmvxxv', 'SELECT 0' ], [ $small, 'tbdxatiq', 'TN003' ], [ $bound, 'nakmvxxv', 'SELECT 0' ], [ $bound, 'tbdxatiq', 'TN005' ])
	{
		my ($session, $tenant, $expected) = @$case;
		$session->do("SET app.tenant_id = '$tenant'");
		is_answer($session, 'SELECT FROM shop.notes', $expected, "the same hash, round $round: $tenant");
	}
}

# What is known of relations goes with them.
my $relations = bytes($small, 'relations');
$small->do('DO $$ BEGIN FOR i IN 1 .. 1000 LOOP CREATE TEMP TABLE passing (); PERFORM FROM passing; DROP TABLE passing; END LOOP; END $$');
is(bytes($small, 'relations'), $relations, 'relations that were dropped are forgotten');

done_testing();
