# Configurations survive a crash, reach a standby, a subscriber and parallel workers, are dumped with their history, and take no more
# memory of a session than they may.
use strict;
use warnings;

use TenantTest;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my ($blue, $red) = (BLUE, RED);
my $primary = tenant_node('primary', 'max_worker_processes = 16');
create_shop($primary);
$primary->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'base', has_streaming => 1);
$standby->start;
my $subscriber = tenant_node('subscriber');
$subscriber->safe_psql('postgres', 'CREATE EXTENSION pg_tenant; CREATE ROLE app LOGIN');
$primary->safe_psql('postgres', 'CREATE PUBLICATION settings FOR TABLE tenant.tenants, tenant.config_layers, tenant.config_history');
my ($host, $port) = ($primary->host, $primary->port);
$subscriber->safe_psql('postgres', "CREATE SUBSCRIPTION settings CONNECTION 'host=$host port=$port dbname=postgres' PUBLICATION settings");
$subscriber->wait_for_subscription_sync($primary, 'settings');

# Runs on the primary; waits until the others have it.
my $admin = session($primary, user => 'shop_owner');
sub change
{
	my ($call) = @_;
	my $answer = $admin->answer("SELECT tenant.$call");
	$primary->wait_for_catchup($standby, 'replay');
	$primary->wait_for_catchup('settings');
	return $answer;
}

is(change(qq(set_config('$blue', '{"colour": "blue"}'))), '1', 'a configuration');
my @open = map { [ $_ => session($_, tenant => $blue) ] } $primary, $standby, $subscriber;
for (@open)
{
	my ($node, $session) = @$_;
	$session->do('BEGIN ISOLATION LEVEL REPEATABLE READ');
	is_answer($session, "SELECT tenant.config('colour')", '"blue"', $node->name . ': read');
}
# What is changed, what is read then.
my @changes = ([ qq(set_config('$blue', '{"colour": "navy"}')), 'navy' ], [ qq(set_config('$blue', '{"colour": null}')), 'null' ],
	[ q(set_default_config('{"colour": "white"}')), 'white' ]);
for my $change (@changes)
{
	change($change->[0]);
	is_answer($_->[1], "SELECT coalesce(tenant.config('colour') #>> '{}', 'null')", $change->[1], $_->[0]->name . ": open session: $change->[1]") for @open;
}
$primary->safe_psql('postgres', "UPDATE tenant.tenants SET platform_id = 'west' WHERE tenant_id = '$blue'");
change(q(set_platform_config('west', '{"colour": "sand"}')));
is_answer($_->[1], "SELECT tenant.config('colour')", '"sand"', $_->[0]->name . ': a platform\'s') for @open;
$_->[1]->do('COMMIT') for @open;
my $everything = 'SELECT (SELECT json_agg(s ORDER BY tenant_id, platform_id) FROM tenant.config_snapshot() s), (SELECT json_agg(c) FROM tenant.config_changes(0) c)';
is($standby->safe_psql('postgres', $everything), $primary->safe_psql('postgres', $everything), 'a watcher reads the same on a standby');
is_answer(session($standby, user => 'shop_owner'), "SELECT tenant.set_config('$blue', '{}')", '25006', 'which changes nothing');
my $history = 'SELECT json_agg(h ORDER BY revision) FROM tenant.config_history h';
is($subscriber->safe_psql('postgres', $history), $primary->safe_psql('postgres', $history), 'a subscriber has the history, as it is numbered');

# A crash: what was committed is there, what was not is not, and numbers go on.
my $lost = session($primary, user => 'shop_owner');
$lost->do("BEGIN; SELECT tenant.set_config('$blue', '{\"colour\": \"lost\"}')");
my $last = change(qq(set_config('$red', '{"colour": "red"}')));
$primary->stop('immediate');
$primary->start;
is_answer(session($primary, tenant => $red), "SELECT tenant.config('colour')", '"red"', 'after a crash');
$admin = session($primary, user => 'shop_owner');
cmp_ok(change(qq(set_config('$red', '{"colour": "dark red"}'))), '>', $last, 'a greater revision');
is($admin->answer("SELECT count(*) FROM tenant.config_history WHERE config::text LIKE '%lost%'"), '0', 'no trace of what was lost');
is($standby->safe_psql('postgres', $everything), $primary->safe_psql('postgres', $everything), 'the standby has what the primary has');

# Dump and restore.
$admin->do("SELECT tenant.define_config('colour', 'string'), tenant.compact_config(3)");
my $state = q{SELECT (SELECT json_agg(t ORDER BY tenant_id) FROM tenant.tenants t), (SELECT json_agg(l ORDER BY platform_id) FROM tenant.config_layers l),
	(SELECT json_agg(h ORDER BY revision) FROM tenant.config_history h), (SELECT json_agg(d ORDER BY key) FROM tenant.config_definitions d), (SELECT json_agg(z) FROM tenant.config_horizon z)};
my $before = $primary->safe_psql('postgres', $state);
my $last_seen = $primary->safe_psql('postgres', 'SELECT max(revision) FROM tenant.config_snapshot()');
for my $format ('plain', 'custom')
{
	my $file = $primary->basedir . "/dump.$format";
	command_ok([ 'pg_dump', '-d', $primary->connstr('postgres'), "--format=$format", '-f', $file ], "$format: dumped");
	$primary->safe_psql('postgres', "CREATE DATABASE restored_$format");
	my $restored = "restored_$format";
	if ($format eq 'plain')
	{
		$primary->command_ok([ 'psql', '-qX', '-v', 'ON_ERROR_STOP=1', '-d', $restored, '-f', $file ], "$format: restored");
	}
	else
	{
		$primary->command_ok([ 'pg_restore', '-j', '4', '--exit-on-error', '-d', $restored, $file ], "$format: restored");
	}
	is($primary->safe_psql($restored, $state), $before, "$format: configurations, revisions, history and definitions are there");
	is($primary->safe_psql($restored, "SELECT count(*) FROM tenant.config_changes($last_seen)"), '0', "$format: a watcher goes on where it was");
	my $next = $primary->safe_psql($restored, "SELECT tenant.set_config('$blue', '{\"colour\": \"new\"}')");
	cmp_ok($next, '>', $last_seen, "$format: the next revision is greater");
	is($primary->safe_psql($restored, "SELECT revision FROM tenant.config_changes($last_seen)"), $next, "$format: and is told of");
	is($primary->psql($restored, "SELECT tenant.set_config('$blue', '{\"colour\": 7}')"), 3, "$format: definitions hold");
}

# Parallel workers read what the leader reads, though their transaction's snapshot is older.
$primary->safe_psql('postgres', 'CREATE TABLE public.numbers AS SELECT generate_series(1, 20000) AS n; GRANT SELECT ON public.numbers TO app; ANALYZE public.numbers');
my $leader = session($primary, tenant => $red);
$leader->do('SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET parallel_leader_participation = off');
$leader->do('BEGIN ISOLATION LEVEL REPEATABLE READ');
my $in_workers = q{SELECT tenant.config('colour') FROM public.numbers GROUP BY 1};
like($leader->answer("EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) $in_workers"), qr/Workers Launched: [1-9]/, 'workers are launched');
is_answer($leader, $in_workers, '"dark red"', 'workers read the configuration');
change(qq(set_config('$red', '{"colour": "light red"}')));
is_answer($leader, q{SELECT tenant.config('colour')}, '"light red"', 'the leader reads what has changed');
is_answer($leader, $in_workers, '"light red"', 'and so do the workers');
$leader->do("COMMIT; BEGIN; SELECT tenant.seal(); SET app.tenant_id = '$blue'");
is_answer($leader, $in_workers, '"light red"', 'workers of a sealed transaction read its tenant\'s');
$leader->do('ROLLBACK');

# Memory: 100 configurations of a megabyte each, in one session.
$primary->safe_psql('postgres', q{
	SELECT tenant.provision('big' || i, config => jsonb_build_object('value', repeat('x', 1000000), 'n', i)) FROM generate_series(1, 100) i});
my $reader = session($primary, user => 'app');
my $wrong = 0;
for my $i (1 .. 100, reverse(1 .. 100))
{
	$reader->do("SET app.tenant_id = 'big$i'");
	$wrong++ if $reader->answer("SELECT tenant.config('n')") ne $i;
}
is($wrong, 0, 'big configurations are read');
$primary->safe_psql('postgres', 'GRANT EXECUTE ON FUNCTION pg_get_backend_memory_contexts() TO app; GRANT SELECT ON pg_backend_memory_contexts TO app');
my $bytes = $reader->answer(q{SELECT sum(total_bytes) FROM pg_backend_memory_contexts WHERE name LIKE 'pg_tenant configurations%'});
cmp_ok($bytes, '<', 40_000_000, 'a session keeps some of them') or diag($bytes);
cmp_ok($bytes, '>', 10_000_000, 'but not few');

done_testing();
