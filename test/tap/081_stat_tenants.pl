# What the server counts of tenants: seen from other sessions at once, exact with many at work, bounded, kept over a clean restart and no other.
use strict;
use warnings;

use PostgreSQL::Test::Utils;
use TenantTest;
use Test::More;

my $node = tenant_node('main', 'pg_tenant.max_tracked_tenants = 40', 'max_connections = 40');
create_shop($node);
$node->safe_psql('postgres', q{
	SELECT count(tenant.provision(md5(i::text)::uuid::text)) FROM generate_series(1, 100) i;
	SET row_security = off;
	INSERT INTO shop.items SELECT md5(i::text)::uuid, 1, 'theirs' FROM generate_series(1, 100) i;
});
my $counted = 'SELECT calls, selects, rows, errors, refusals, sessions, running FROM tenant.stat_tenants WHERE tenant_id = ';
my $all = 'SELECT tenant_id, to_jsonb(c) - ARRAY[$$sessions$$, $$running$$] FROM tenant.tenant_counters() c ORDER BY tenant_id COLLATE "C"';
my $blue = "$counted '" . BLUE . q{'};

# While a session goes on, and after it has ended.
my $boss = superuser($node);
my $app = session($node, tenant => BLUE);
is_answer($app, 'SELECT count(*) FROM shop.items', '2', 'a statement');
is_answer($boss, $blue, '1|1|1|{}|{}|1|0', 'another session sees that at once');
$boss->do('SELECT pg_advisory_lock(1)');
$app->send('Q', "SELECT pg_advisory_lock(1) FROM shop.items LIMIT 1\0");
$node->poll_query_until('postgres', q{SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)}) or die 'it does not wait';
is_answer($boss, $blue, '1|1|1|{}|{}|1|1', 'and that one runs');
is_answer($boss, q{SELECT is_running, a.wait_event, s.statement_start <= now(), statements FROM tenant.stat_sessions s JOIN pg_stat_activity a USING (pid)}, 't|advisory|t|2', 'in which session');
is_answer($boss, q{SELECT pg_cancel_backend(pid) FROM tenant.stat_sessions WHERE is_running}, 't', 'it is cancelled');
is(Wire::told($app->finish), '57014', 'and says so');
is_answer($boss, $blue, '1|1|1|{"intervention": 1}|{}|1|0', 'an error of its class, and it runs no longer');
$boss->do('SELECT pg_advisory_unlock(1)');

# In pieces, by names, in a pipeline.
$app->parse('three', 'SELECT generate_series(1, 3)');
$app->bind('piece', 'three');
$app->execute('piece', 2);
$app->execute('piece', 2);
$app->sync;
is_answer($boss, $blue, '3|3|4|{"intervention": 1}|{}|1|0', 'each piece of a portal');
$app->parse('', 'INSERT INTO shop.items (id) VALUES ($1)');
for my $id (11, 12) { $app->bind('', '', $id); $app->execute(''); }
$app->sync;
is_answer($boss, $blue, '5|3|6|{"intervention": 1}|{}|1|0', 'each execution in a pipeline');
$app->parse('', 'SELECT 1 / $1::int');
$app->bind('', '', 0);
$app->execute('');
$app->bind('', '', 1);
$app->execute('');
$app->sync;
is_answer($boss, $blue, '5|3|6|{"data": 1, "intervention": 1}|{}|1|0', 'an error ends it');
$app->close;
$node->poll_query_until('postgres', 'SELECT NOT EXISTS (SELECT FROM tenant.stat_sessions)') or die 'the session does not end';
is_answer($boss, $blue, '5|3|6|{"data": 1, "intervention": 1}|{}|0|0', 'after its end');

# What one session has begun to count, another one can end.
$app = session($node, tenant => RED);
$app->do('SELECT count(*) FROM shop.items') for 1 .. 3;
$boss->do(q{SELECT tenant.stat_reset('} . RED . q{')});
is_answer($boss, "$counted '" . RED . q{'}, '0|0|0|{}|{}|1|0', 'reset, while its session goes on');
$app->do('SELECT count(*) FROM shop.items');
is_answer($boss, "$counted '" . RED . q{'}, '1|1|1|{}|{}|1|0', 'which counts from there');
$app->close;

# Who is bound to other tenants, or needs a signed token, is counted as nobody, whatever is set.
$boss->do($_) for q{CREATE ROLE bound LOGIN; SELECT tenant.grant_tenant('bound', '} . RED . q{')}, 'CREATE ROLE signed LOGIN; ALTER ROLE signed SET pg_tenant.require_signed = on';
my $before = $boss->answer($blue);
for my $role (qw(bound signed))
{
	my $session = session($node, user => $role, tenant => BLUE);
	is_answer($session, $_->[0], $_->[1], "$role: $_->[0]") for ['SELECT 1', '1'], ['SELECT 1 / 0', '22012'];
	is_answer($boss, $blue, $before, 'not this tenant\'s');
	$session->close;
}

# The processor's time is that of who used it: the blue tenant's work, then work for nobody, then hardly any of the red one's.
my $burn = 'SELECT sum(sqrt(i)) > 0 FROM generate_series(1, 3000000) i';
$boss->do('SELECT tenant.stat_reset()');
my $worker = superuser($node);
$worker->do("SET app.tenant_id = '" . BLUE . q{'});
$worker->do($burn);
$worker->do('RESET app.tenant_id');
$worker->do($burn);
$worker->do("SET app.tenant_id = '" . RED . q{'});
$worker->do('SELECT 1');
$worker->do('RESET app.tenant_id');
$worker->close;
$node->poll_query_until('postgres', 'SELECT NOT EXISTS (SELECT FROM tenant.stat_sessions)') or die 'the session does not end';
is_answer($boss, q{SELECT b.cpu_time BETWEEN 20 AND b.total_time + 100, r.cpu_time < b.cpu_time / 3 FROM tenant.stat_tenants b, tenant.stat_tenants r
	WHERE b.tenant_id = '} . BLUE . q{' AND r.tenant_id = '} . RED . q{'}, 't|t', 'the time of the processor by tenant');

# Many at once, each for many tenants: as many as there were.
$boss->do('SELECT tenant.stat_reset()');
my $script = $node->basedir . '/many.sql';
append_to_file($script, q{\set t random(1, 30)
SELECT tenant.set(md5(:t::text)::uuid::text, false) \gset
SELECT count(*) FROM shop.items;
SELECT count(*) FROM shop.items;
});
command_ok([ 'pgbench', '-n', '-c', '8', '-t', '200', '-U', 'app', '-f', $script, $node->connstr('postgres') ], 'eight sessions');
$node->poll_query_until('postgres', 'SELECT NOT EXISTS (SELECT FROM tenant.stat_sessions)') or die 'the sessions do not end';
# The call of set() is that of the tenant before, and the first one of none.
is_answer($boss, q{SELECT sum(calls) BETWEEN 4792 AND 4800, sum(selects) = sum(calls), sum((SELECT sum(n) FROM unnest(latency) n)) = sum(calls), count(*) <= 31
	FROM tenant.stat_tenants JOIN tenant.tenant_counters() USING (tenant_id)}, 't|t|t|t', 'each statement once');
is_answer($boss, q{SELECT bool_and(n >= 0) FROM tenant.tenant_counters(), unnest(counters || errors || refusals || latency) n}, 't', 'no counter below zero');

# A clean restart keeps all of it, an unclean one nothing.
$boss->do('SELECT pg_stat_force_next_flush()');
my $before = $boss->answer($all);
my $since = $boss->answer('SELECT stats_reset FROM tenant.stat_tenants_info');
$boss->close;
$node->restart;
$boss = superuser($node);
is_answer($boss, $all, $before, 'a restart keeps what was counted');
is_answer($boss, 'SELECT stats_reset FROM tenant.stat_tenants_info', $since, 'and since when');
ok(!-e $node->data_dir . '/pg_stat/pg_tenant.stat', 'the file is gone');
$node->stop('immediate');
$node->start;
is_answer(superuser($node), 'SELECT count(*) FROM tenant.stat_tenants', '0', 'none after a crash');

# A file that is not whole is left out.
session($node, tenant => BLUE)->do('SELECT count(*) FROM shop.items');
$node->stop;
my $file = $node->data_dir . '/pg_stat/pg_tenant.stat';
my $bytes = slurp_file($file);
for my $damage (substr($bytes, 0, -1), $bytes . 'x', substr($bytes, 0, 10), 'x' . substr($bytes, 1), substr($bytes, 0, 600) . (substr($bytes, 600, 1) ^ '~') . substr($bytes, 601))
{
	open my $handle, '>:raw', $file or die;
	print $handle $damage;
	close $handle;
	my $from = -s $node->logfile;
	$node->start;
	is_answer(superuser($node), 'SELECT count(*) FROM tenant.stat_tenants', '0', 'nothing of a damaged file of ' . length($damage) . ' bytes');
	like(slurp_file($node->logfile, $from), qr/ignoring what was counted of tenants in file/, 'which the log says');
	$node->stop;
}
open my $handle, '>:raw', $file or die;
print $handle $bytes;
close $handle;
$node->start;
$boss = superuser($node);
is_answer($boss, q{SELECT tenant_id, calls FROM tenant.stat_tenants}, BLUE . '|1', 'and all of the one that was');

# Those that were seen least recently make room, but for one that a session has; nothing is lost.
$boss->do('SELECT tenant.stat_reset()');
$app = session($node, tenant => BLUE);
for my $tenant (BLUE, BLUE, RED, BLUE)
{
	$app->do("SET app.tenant_id = '$tenant'");
	$app->do('SELECT count(*) FROM shop.items');
}
my $visitor = session($node);
for my $i (1 .. 100)
{
	$visitor->do("SELECT set_config('app.tenant_id', md5('$i')::uuid::text, false)");
	$visitor->do('SELECT count(*) FROM shop.items');
}
$visitor->close;
$node->poll_query_until('postgres', 'SELECT count(*) = 1 FROM tenant.stat_sessions') or die 'the session does not end';
is_answer($boss, 'SELECT tenants <= 40, evictions > 50, tenants_max FROM tenant.stat_tenants_info', 't|t|40', 'tenants made room');
is_answer($boss, 'SELECT sum(selects), count(*) FILTER (WHERE is_other), max(selects) FILTER (WHERE is_other) > 100 FROM tenant.stat_tenants', '203|1|t', 'and are counted together');
is_answer($boss, $blue, '3|3|3|{}|{}|1|0', 'but for one that a session has');
is_answer($boss, q{SELECT count(*) FROM tenant.stat_tenants WHERE tenant_id IN (SELECT md5(i::text)::uuid::text FROM generate_series(81, 100) i)}, '20', 'the last ones are there');
$app->close;

# Of another database only there.
$node->safe_psql('postgres', 'CREATE DATABASE elsewhere');
create_shop($node, 'elsewhere');
my $other = session($node, tenant => BLUE, dbname => 'elsewhere');
$other->do('SELECT count(*) FROM shop.items');
is_answer(superuser($node, 'elsewhere'), $blue, '1|1|1|{}|{}|1|0', 'a tenant of that id in another database');
$boss->do('SELECT tenant.stat_reset()');
is_answer(superuser($node, 'elsewhere'), 'SELECT count(*) > 0 FROM tenant.stat_tenants', 't', 'is reset by itself');
$boss->close;

# Where nothing is counted.
$node->append_conf('postgresql.conf', 'pg_tenant.max_tracked_tenants = 0');
$node->restart;
is_answer(session($node, tenant => BLUE), 'SELECT count(*) FROM shop.items', '4', 'untracked tenants work');
is_answer(superuser($node), $_, '55000', $_) for 'SELECT * FROM tenant.stat_tenants', 'SELECT * FROM tenant.stat_sessions', 'SELECT * FROM tenant.stat_tenants_info', 'SELECT tenant.stat_reset()';
$node->append_conf('postgresql.conf', "shared_preload_libraries = ''");
$node->restart;
is_answer(superuser($node), $_, '55000', "$_ without preloading") for 'SELECT * FROM tenant.stat_tenants', 'SELECT tenant.stat_reset()';
done_testing;
