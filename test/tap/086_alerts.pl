# Alert rules as the background worker evaluates them: events, notifications and the log; once while silent; in each database that is listed,
# without keeping any of them from being dropped; after crashes, on standbys; none by default.
use strict;
use warnings;

use PostgreSQL::Test::Utils;
use TenantTest;
use Test::More;

my $node = tenant_node('main', q{pg_tenant.alert_databases = 'postgres, "Second", gone'}, 'pg_tenant.alert_interval = 1s', 'autovacuum = off');
create_shop($node);
$node->safe_psql('postgres', $_) for 'CREATE DATABASE "Second"', 'CREATE DATABASE other';
$node->safe_psql('other', q{CREATE EXTENSION pg_tenant; SELECT tenant.create_alert_rule('any', 'calls', 1)});
my $boss = superuser($node);
my $launcher = q{SELECT pid FROM pg_stat_activity WHERE backend_type = 'pg_tenant alert launcher'};

sub holds
{
	my ($sql, $name) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	ok($node->poll_query_until('postgres', $sql), $name);
	return;
}

sub rounds
{
	my ($count) = @_;
	for (1 .. $count)
	{
		my $last = $boss->answer('SELECT max(last_evaluated_at) FROM tenant.alert_rules');
		$node->poll_query_until('postgres', "SELECT max(last_evaluated_at) > '$last' FROM tenant.alert_rules") or die 'no round';
	}
	return;
}

sub logged { my ($pattern) = @_; return scalar(() = slurp_file($node->logfile) =~ /$pattern/g); }

# It fires, once, and a client that listens learns no more than that.
my $listener = session($node, tenant => RED);
$listener->do('LISTEN tenant_alerts');
$boss->do($_) for "SELECT tenant.create_alert_rule('errors', 'errors', 2, time_window => '1 s', silence => '1 h', severity => 'critical')",
  "SELECT tenant.create_alert_rule('broken', 'errors / (calls - calls)', 2, time_window => '1 s')",
  "SELECT tenant.create_alert_rule('never', 'calls', 1e9)";
holds('SELECT count(*) = 3 AND min(last_evaluated_at) IS NOT NULL FROM tenant.alert_rules', 'all rules are evaluated');
rounds(2);
my $app = session($node, tenant => BLUE);
$app->do('SELECT count(*) FROM shop.items');
$app->query('SELECT 1 / 0 FROM shop.items') for 1 .. 5;
holds(q{SELECT EXISTS (SELECT FROM tenant.alerts WHERE rule = 'errors' AND last_fired_at IS NOT NULL)}, 'an alert fires');
my $event = $boss->answer(q{SELECT event_id FROM tenant.events WHERE type = 'tenant.alert_fired'});
is($boss->answer("SELECT tenant_id, payload->>'rule', payload->>'severity', sequence > 0 FROM tenant.events WHERE event_id = '$event'"), BLUE . '|errors|critical|t', 'for its tenant');
holds(q{SELECT NOT is_firing FROM tenant.alerts WHERE rule = 'errors'}, 'and is resolved');
is($boss->answer(q{SELECT string_agg(type, ' ' ORDER BY event_id) FROM tenant.events WHERE type LIKE 'tenant.alert%'}), 'tenant.alert_fired tenant.alert_resolved', 'each once');
my $told = $node->safe_psql('postgres', 'SELECT event_id FROM tenant.events WHERE type LIKE $$tenant.alert%$$ ORDER BY event_id');
my $notified = $listener->query('SELECT 1')->{notified} // [];
is(join("\n", @$notified), join("\n", map { "tenant_alerts $_" } split /\n/, $told), 'whoever listens is told their ids, and nothing else');
is(logged('WARNING:  alert "errors" fired for tenant "' . BLUE . '": [0-9]+, above 2'), 1, 'a line in the log');
is(logged('LOG:  alert "errors" resolved for tenant'), 1, 'and one when it is resolved');
is(logged('[0-9] of the databases in "pg_tenant.alert_databases" cannot be connected to'), 1, 'and one of a database that is not there');

# An error is noted, logged once, and keeps no other rule from being evaluated.
rounds(2);
is($boss->answer(q{SELECT last_error FROM tenant.alert_rules WHERE name = 'broken'}), 'division by zero (22012)', 'an error is noted');
is(logged('alert rule "broken" cannot be evaluated'), 1, 'and logged once');

# Not again while it is silent, though it holds again.
$app->query('SELECT 1 / 0 FROM shop.items') for 1 .. 5;
holds(q{SELECT is_firing FROM tenant.alerts WHERE rule = 'errors'}, 'it holds again');
holds(q{SELECT NOT is_firing FROM tenant.alerts WHERE rule = 'errors'}, 'and no longer');
is($boss->answer(q{SELECT count(*) FROM tenant.events WHERE type LIKE 'tenant.alert%'}), 2, 'silently');

# The database is free between rounds, so that it can be dropped; what comes later is found.
$node->safe_psql('Second', q{CREATE EXTENSION pg_tenant; SELECT tenant.create_alert_rule('any', 'calls', 1)});
ok($node->poll_query_until('Second', 'SELECT last_evaluated_at IS NOT NULL FROM tenant.alert_rules'), 'rules of another database');
$node->safe_psql('Second', 'DROP EXTENSION pg_tenant CASCADE');
rounds(2);
$node->safe_psql('Second', q{CREATE EXTENSION pg_tenant; SELECT tenant.create_alert_rule('any', 'calls', 1)});
ok($node->poll_query_until('Second', 'SELECT last_evaluated_at IS NOT NULL FROM tenant.alert_rules'), 'also of an extension that was made again');
is($boss->answer('DROP DATABASE "Second"'), 'DROP DATABASE', 'it can be dropped');
rounds(2);
is($boss->answer(q{SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'pg_tenant alerts' AND datname = 'Second'}), 0, 'and no worker asks for it');
is($boss->answer('CREATE DATABASE gone'), 'CREATE DATABASE', 'a database that was missing');
$node->safe_psql('gone', q{CREATE EXTENSION pg_tenant; SELECT tenant.create_alert_rule('any', 'calls', 1)});
ok($node->poll_query_until('gone', 'SELECT last_evaluated_at IS NOT NULL FROM tenant.alert_rules'), 'is found when it is there');

is($node->safe_psql('other', 'SELECT count(last_evaluated_at) FROM tenant.alert_rules'), 0, 'one that is not listed is left alone');

# Who waits for a lock gives up soon.
my $locker = superuser($node);
$locker->do($_) for 'BEGIN', 'LOCK TABLE tenant.alert_rules';
ok($node->poll_query_until('postgres', q{SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = 'tenant.alert_rules'::regclass)}), 'a round waits for a lock');
$node->wait_for_log(qr/canceling statement due to lock timeout/);
$locker->do('COMMIT');
rounds(1);

# The launcher ends when told to, and comes back; after a crash as well.
my $pid = $boss->answer($launcher);
ok($boss->answer("SELECT pg_terminate_backend($pid, 30000)"), 'the launcher ends when it is told to');
holds("SELECT count(*) = 1 AND bool_and(pid <> $pid) FROM ($launcher) l", 'and another one begins');
rounds(1);
$pid = $boss->answer($launcher);
kill 'KILL', $pid;
$boss->close;
$app->close;
$listener->close;
$locker->close;
$node->poll_query_until('postgres', "SELECT count(*) = 1 AND bool_and(pid <> $pid) FROM ($launcher) l") or die 'no launcher after a crash';
$boss = superuser($node);
rounds(2);
is($boss->answer(q{SELECT count(*) FROM tenant.events WHERE type LIKE 'tenant.alert%'}), 2, 'a crash makes nothing fire again');

# A dump has the rules alone.
my ($dump) = run_command([ 'pg_dump', '--data-only', '-d', $node->connstr('postgres') ]);
like($dump, qr/^COPY tenant\.alert_rules /m, 'a dump has the table of rules');
like($dump, qr/^broken\terrors/m, 'and what is in it');
unlike($dump, qr/^COPY tenant\.alert_(?!rules)/m, 'but not what fires');

# On a standby nothing runs before it is promoted.
$node->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($node, 'base', has_streaming => 1);
$standby->start;
$node->wait_for_catchup($standby);
is($standby->safe_psql('postgres', "SELECT count(*) FROM ($launcher) l"), 0, 'no launcher on a standby');
is($standby->safe_psql('postgres', 'SELECT count(*) FROM tenant.alerts'), 1, 'which shows what was alerted');
$node->stop;
$standby->promote;
ok($standby->poll_query_until('postgres', "SELECT count(*) = 1 FROM ($launcher) l"), 'one when it is promoted');
my $last = $standby->safe_psql('postgres', 'SELECT max(last_evaluated_at) FROM tenant.alert_rules');
ok($standby->poll_query_until('postgres', "SELECT max(last_evaluated_at) > '$last' FROM tenant.alert_rules"), 'and it evaluates');
$standby->stop;

# None by default.
my $plain = tenant_node('plain');
$plain->safe_psql('postgres', q{CREATE EXTENSION pg_tenant; SELECT tenant.create_alert_rule('any', 'calls', 1)});
is($plain->safe_psql('postgres', "SELECT count(*) FROM ($launcher) l"), 0, 'no worker unless a database is listed');
is($plain->safe_psql('postgres', 'SELECT tenant.evaluate_alerts()'), 0, 'but rules can be evaluated by hand');
$plain->append_conf('postgresql.conf', "pg_tenant.alert_databases = 'a,,b'");
$plain->restart;
like(slurp_file($plain->logfile), qr/WARNING:  invalid value for parameter "pg_tenant.alert_databases"/, 'a list that is none is reported');
is($plain->safe_psql('postgres', "SELECT count(*) FROM ($launcher) l"), 0, 'and is as none');
done_testing();
