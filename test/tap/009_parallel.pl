# Parallel workers see the leader's tenant: their rows are the tenant's, and only those.
use strict;
use warnings;

use TenantTest;
use Test::More;

my ($blue, $red) = (BLUE, RED);
my $node = tenant_node('main', 'max_worker_processes = 16', 'max_parallel_workers = 8');
create_shop($node);
my $debug = $node->safe_psql('postgres', q{SELECT name FROM pg_settings WHERE name IN ('debug_parallel_query', 'force_parallel_mode')});
$node->safe_psql('postgres', qq{
	SET SESSION AUTHORIZATION shop_owner;
	CREATE TABLE shop.many (tenant_id uuid NOT NULL, id int, v int);
	INSERT INTO shop.many SELECT CASE WHEN i % 4 = 0 THEN '$red'::uuid ELSE '$blue' END, i, i % 7
		FROM generate_series(1, 40000) i;
	CREATE TABLE shop.parts (tenant_id text NOT NULL, id int) PARTITION BY HASH (id);
	CREATE TABLE shop.parts_0 PARTITION OF shop.parts FOR VALUES WITH (MODULUS 2, REMAINDER 0);
	CREATE TABLE shop.parts_1 PARTITION OF shop.parts FOR VALUES WITH (MODULUS 2, REMAINDER 1);
	INSERT INTO shop.parts SELECT CASE WHEN i % 4 = 0 THEN '$red' ELSE '$blue' END, i FROM generate_series(1, 40000) i;
	CREATE TABLE shop.numbers (tenant_id bigint NOT NULL, id int);
	INSERT INTO shop.numbers SELECT 7 + (i % 2), i FROM generate_series(1, 40000) i;
	CREATE FUNCTION shop.in_worker() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS
		\$\$ SELECT coalesce(tenant.current_id(), 'none') || ' ' || coalesce(current_setting('app.tenant_id'), 'none') \$\$;
	CREATE FUNCTION shop.many_of_tenant() RETURNS bigint LANGUAGE plpgsql STABLE PARALLEL SAFE AS
		\$\$ BEGIN RETURN (SELECT count(*) FROM shop.items); END \$\$;
	CREATE FUNCTION shop.switch(text) RETURNS boolean LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE AS
		\$\$ BEGIN PERFORM set_config('app.tenant_id', \$1, true); RETURN true; END \$\$;
	SELECT tenant.protect('shop.many');
	SELECT tenant.protect('shop.parts', column_type => 'text');
	SELECT tenant.protect('shop.numbers', column_type => 'bigint', register => true);
	RESET SESSION AUTHORIZATION;
	VACUUM ANALYZE shop.many;
	VACUUM ANALYZE shop.parts;
	VACUUM ANALYZE shop.numbers;
});
my $force = 'SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; '
  . 'SET min_parallel_index_scan_size = 0; SET max_parallel_workers_per_gather = 4; SET enable_indexonlyscan = off';

# A session that plans in parallel; without the leader, whatever is seen was seen by a worker.
sub forced
{
	my ($role, $tenant, $more) = @_;
	my $session = session($node, user => $role, tenant => $tenant);
	$session->do("$force; SET parallel_leader_participation = off" . ($more ? "; $more" : ''));
	return $session;
}

# The answer, after making sure that workers are what gives it.
sub is_parallel
{
	my ($session, $sql, $expected, $name) = @_;
	my $plan = $session->answer("EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) $sql");
	like($plan, qr/Workers Launched: [1-9]/, "$name: workers were launched") or diag($plan);
	is_answer($session, $sql, $expected, $name);
	return;
}

for my $mode ('shared', 'none')
{
	$node->append_conf('postgresql.conf', 'shared_preload_libraries = ' . ($mode eq 'shared' ? "'pg_tenant'" : "''"));
	$node->restart;
	for my $role ('app', 'shop_owner')
	{
		my %count = ($blue => 30000, $red => 10000);
		for my $tenant ($blue, $red)
		{
			my $at = "$mode, $role, " . substr $tenant, 0, 1;
			my $session = forced($role, $tenant);
			is_parallel($session, 'SELECT count(*) FROM shop.many', $count{$tenant}, "$at: count");
			is_parallel($session, "SELECT count(*) FROM shop.many WHERE tenant_id <> '$tenant'", '0', "$at: nobody else's rows");
			is_parallel($session, 'SELECT count(*) FROM shop.parts', $count{$tenant}, "$at: partitions");
			is_parallel($session, 'SELECT count(*) FROM shop.many a JOIN shop.many b USING (id)', $count{$tenant}, "$at: join");
			is_parallel($session, 'SELECT DISTINCT shop.in_worker() FROM shop.many', "$tenant $tenant", "$at: the worker's tenant");
			is_parallel($session, 'SELECT max(shop.many_of_tenant()) FROM shop.many WHERE id < 100', $tenant eq $blue ? '2' : '1',
				"$at: a statement inside a worker");
			is_parallel($session, 'SELECT count(tenant.require_id()) FROM shop.many', $count{$tenant}, "$at: require_id()");
			# One session, one plan, the other tenant.
			my $other = $tenant eq $blue ? $red : $blue;
			$session->do('SET plan_cache_mode = force_generic_plan; PREPARE p AS SELECT count(*) FROM shop.many');
			is_parallel($session, 'EXECUTE p', $count{$tenant}, "$at: a generic plan");
			$session->do("SET app.tenant_id = '$other'");
			is_parallel($session, 'EXECUTE p', $count{$other}, "$at: the same plan for another tenant");
			is_parallel($session, 'SELECT count(*) FROM shop.many', $count{$other}, "$at: after a switch");
		}
		is_parallel(forced($role, 7), 'SELECT count(*) FROM shop.numbers', '20000', "$mode, $role: bigint");
	}
}

# A tenant that the session changes while workers run: each statement keeps its own.
my $session = forced('app', $blue);
is_answer($session, "SELECT shop.switch('$red'), (SELECT count(*) FROM shop.many), tenant.current_id()", "t|30000|$blue",
	'a function that switches the tenant beside a count');
$session->do("BEGIN; DECLARE c CURSOR FOR SELECT id FROM shop.many; SET LOCAL app.tenant_id = '$red'");
is_parallel($session, 'SELECT count(*) FROM shop.many', '10000', 'beside a cursor of another tenant');
is_answer($session, 'FETCH c', 'TN011', 'which is not read');
$session->do('ROLLBACK');
is_parallel($session, 'SELECT count(*) FROM shop.many', '30000', 'after the rollback');
$session->do("CREATE FUNCTION pg_temp.count_of(text) RETURNS bigint LANGUAGE plpgsql SET app.tenant_id = '$red' AS "
	  . '$$ BEGIN RETURN (SELECT count(*) FROM shop.many); END $$');
is_answer($session, "SELECT pg_temp.count_of('x')", '10000', 'a function with a SET clause starts workers of its own tenant');
is_answer($session, "SELECT tenant.query('$red', 'SELECT count(*) FROM shop.many')", '{"count": 10000}', 'tenant.query() too');
is_answer($session, 'SELECT count(*) FROM shop.many', '30000', 'and leaves the session as it was');

# Refusals reach the client though workers would run.
is_answer(forced('app'), 'SELECT count(*) FROM shop.many', 'TN001', 'no tenant');
is_answer(forced('app', NOBODY), 'SELECT count(*) FROM shop.many', 'TN002', 'an unknown tenant');
session($node, user => 'shop_owner')->do("SELECT tenant.suspend('$red')");
is_answer(forced('app', $red), 'SELECT count(*) FROM shop.many', 'TN003', 'a suspended tenant');

# Everything that may run in a worker does.
my $regress = forced('app', $blue, "SET $debug = on");
is_parallel($regress, 'SELECT id FROM shop.items ORDER BY id', '1,2', "$debug");
is_answer($regress, 'UPDATE shop.items SET name = name RETURNING id', '1,2', "$debug: UPDATE");
is_answer($regress, 'SELECT tenant.identity()', "(,$blue,,,,)", "$debug: identity()");
is_answer($regress, "SELECT tenant.current_uuid(), tenant.current_text()", "$blue|$blue", "$debug: typed functions");

done_testing();
