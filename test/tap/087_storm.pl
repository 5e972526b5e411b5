# Twelve sessions at once under every limit, cancelled, ended and timed out at random, while the limits change: afterwards nobody has a place, a session
# or a waiter left that is not there, and every statement has been counted once.
use strict;
use warnings;

use IPC::Run;
use PostgreSQL::Test::Utils;
use TenantTest;
use Test::More;

my $seed = $ENV{SEED} // int(rand(1 << 30));
srand($seed);
diag("SEED=$seed");
my $node = tenant_node('storm', "deadlock_timeout = '20ms'", 'max_connections = 60', "log_min_messages = 'error'");
create_shop($node);
my @tenants = (BLUE, RED);
my $boss = superuser($node);
my $tight = '"concurrent_statements": 2, "concurrent_wait": "300ms", "sessions": 9, "statement_timeout": "100ms", "rows_per_result": 50, "breaker": {"minimum": 20, "timeout": "50ms"}';
my $wide = '"concurrent_statements": 5, "statements_per_second": 2000, "burst": 100, "idle_in_transaction_timeout": "1min"';

sub configure { limit_tenant($boss, @_); return; }

# What sessions do, each its own way; errors leave them where they are, and the next statement ends a failed transaction.
my @deeds = (
	'SELECT count(*) FROM shop.items;',
	'SELECT 1 / 0;',
	'SELECT pg_sleep(0.02) FROM shop.items LIMIT 1;',
	'SELECT pg_sleep(0.2) FROM shop.items LIMIT 1;',
	'SELECT generate_series(1, 100);',
	'BEGIN; SELECT 1; SAVEPOINT s; SELECT 1 / 0; ROLLBACK TO s; SELECT 2; COMMIT;',
	'BEGIN; DECLARE c CURSOR FOR SELECT generate_series(1, 40); FETCH 10 FROM c; FETCH 20 FROM c; ROLLBACK;',
	'BEGIN; DECLARE c CURSOR WITH HOLD FOR SELECT generate_series(1, 5); COMMIT; FETCH 2 FROM c; CLOSE c;',
	'COPY (SELECT generate_series(1, 60)) TO STDOUT;',
	q{DO $$ BEGIN PERFORM pg_sleep(0.01); RAISE SQLSTATE '58030'; EXCEPTION WHEN OTHERS THEN NULL; END $$;},
	q{DO $$ BEGIN RAISE SQLSTATE '58030'; END $$;},
	q{DO $$ BEGIN COMMIT; PERFORM 1; ROLLBACK; END $$;},
	'PREPARE p AS SELECT count(*) FROM shop.items; EXECUTE p; DEALLOCATE p;',
	'RESET app.tenant_id; SELECT 1;',
	(map { "SET app.tenant_id = '$_';" } @tenants, @tenants));

my @storms;
for my $number (1 .. 12)
{
	my $deeds = "SET app.tenant_id = '$tenants[$number % 2]';\n" . join("\n", map { ($deeds[ rand @deeds ], rand() < 0.3 ? 'ROLLBACK;' : ()) } 1 .. 150) . "\n\\echo done\n";
	my $name = $node->basedir . "/storm$number";
	append_to_file("$name.sql", $deeds);
	push @storms, { name => $name, harness => IPC::Run::start([ 'psql', '-XqAt', '-U', 'app', '-f', "$name.sql", '-d', $node->connstr('postgres') . ' application_name=storm' ],
		'<', '/dev/null', '>', "$name.out", '2>', "$name.err") };
}
# Until all have ended: limits change, statements are cancelled, now and then a session is ended.
my $rounds = 0;
my $ended = 0;
while ($boss->answer(q{SELECT count(*) FROM pg_stat_activity WHERE application_name = 'storm'}) > 0 || $rounds == 0)
{
	configure($tenants[ rand 2 ], rand() < 0.5 ? $tight : $wide) if $rounds % 3 == 0;
	my $deed = $ended < 3 && rand() < 0.02 ? 'terminate' : 'cancel';
	my $answer = $boss->answer(qq{SELECT pg_${deed}_backend(pid) FROM pg_stat_activity WHERE application_name = 'storm' AND state = 'active' ORDER BY random() LIMIT 1});
	$ended++ if $deed eq 'terminate' && $answer eq 't';
	$rounds++;
}
$_->{harness}->finish for @storms;
my $done = grep { slurp_file("$_->{name}.out") =~ /^done$/m } @storms;
cmp_ok($done, '>=', 12 - $ended, "all sessions came to their end, but for $ended that were ended");
my %seen;
my $errors = join '', map { slurp_file("$_->{name}.err") } @storms;
$seen{$1}++ while $errors =~ /(?:ERROR|FATAL):  (.{1,100})/g;
is_deeply([ grep { /leak|corrupt|internal|invalid memory|unexpected/ } keys %seen ], [], 'no error that speaks of a mistake of ours');
cmp_ok($seen{'canceling statement due to user request'} // 0, '>', 0, 'some were cancelled');
# How often chance had it; tap/080 has them one by one.
diag(scalar(() = $errors =~ /statement timeout/g) . ' timed out, ' . scalar(() = $errors =~ /statements at a time/g) . ' found no place');

$node->poll_query_until('postgres', 'SELECT NOT EXISTS (SELECT FROM tenant.stat_sessions)') or die 'sessions are left over';
is_answer($boss, 'SELECT sum(sessions), sum(running), bool_and(n >= 0) FROM tenant.tenant_counters(), unnest(counters || errors || refusals || latency) n', '0|0|t', 'the statistics have nobody left, and nothing below zero');
is_answer($boss, q{SELECT sum(calls + (SELECT sum(value::bigint) FROM jsonb_each_text(errors)) ) >= (SELECT sum(n) FROM tenant.tenant_counters(), unnest(latency) n) FROM tenant.stat_tenants}, 't', 'no more times than statements');
# A place or a session that somebody took along would be missing here.
for my $tenant (@tenants)
{
	$boss->do(qq{SELECT tenant.close_breaker('$tenant')});
	configure($tenant, '"concurrent_statements": 1, "sessions": 1');
	my $last = session($node, tenant => $tenant);
	is_answer($last, 'SELECT count(*) > 0 FROM shop.items', 't', 'the only session has the only place') for 1 .. 2;
	$last->close;
}
unlike(slurp_file($node->logfile), qr/PANIC|TRAP:|was terminated by signal|XX\d{3}/, 'the server has not failed');
done_testing;
