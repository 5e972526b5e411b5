# Limits over several sessions: who waits is served in order, and what one has is given back however it ends.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use TenantTest;
use Test::More;

my ($blue, $red) = (BLUE, RED);
my $node = tenant_node('limits', "deadlock_timeout = '20ms'", 'max_connections = 40');
create_shop($node);
$node->safe_psql('postgres', q{
	CREATE TABLE log (line int GENERATED ALWAYS AS IDENTITY, who text);
	SELECT tenant.share('log');
	GRANT INSERT, SELECT ON log TO app;
	CREATE FUNCTION told(who text) RETURNS void LANGUAGE sql AS $$ INSERT INTO log (who) VALUES (who) $$;
});
my $admin = superuser($node);
my $owner = session($node, user => 'shop_owner');

sub configure { limit_tenant($owner, @_); return; }

sub start { my ($session, $sql) = @_; $session->send('Q', "$sql\0"); return; }

sub wait_for
{
	my ($session, $condition) = @_;
	$node->poll_query_until('postgres', "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid = $session->{pid} AND $condition)")
	  or die "$session->{pid} is not $condition";
	return;
}
sub queued { my ($session) = @_; wait_for($session, q{wait_event_type = 'Extension'}); return; }
sub locked { my ($session) = @_; wait_for($session, q{wait_event_type = 'Lock'}); return; }
sub gone { my ($session) = @_; $node->poll_query_until('postgres', "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = $session->{pid})"); return; }
sub blue { return session($node, tenant => $blue); }

# A statement that runs until hold() is over.
my $hold = 'SELECT pg_advisory_xact_lock_shared(1)';
sub hold { $admin->do('SELECT pg_advisory_lock(1)'); return; }
sub release { $admin->do('SELECT pg_advisory_unlock(1)'); return; }

# A rate, and what is said.
configure($blue, '"statements_per_second": 2, "burst": 1');
my $first = blue();
my $refused;
for (1 .. 1000) { $refused = $first->query('SELECT 1'); last if defined $refused->{sqlstate}; }
is($refused->{sqlstate}, 'TN007', 'over the rate');
like($refused->{error}{H}, qr/^Try again in (?:[1-9]\d?|[1-4]\d\d|500) ms\.$/, 'it is said when to try again');

# As many in all as there are tokens, of as many clients as there may be.
configure($red, '"statements_per_second": 0.001, "burst": 100');
my $script = $node->basedir . '/flood.sql';
append_to_file($script, "SELECT told('flood');\n" x 60);
my @flood = map {
	IPC::Run::start([ 'psql', '-X', '-q', '-d', $node->connstr('postgres') . " user=app options='-c app.tenant_id=$red'", '-f', $script ], '>', '/dev/null', '2>', '/dev/null')
} 1 .. 6;
$_->finish for @flood;
is($admin->answer(q{SELECT count(*) FROM log}), '100', 'six clients together get as many statements as there are tokens');
$admin->do("CREATE ROLE late LOGIN; CREATE ROLE bound LOGIN; SELECT tenant.grant_tenant('bound', '$blue')");
is_answer(session($node, tenant => $red), 'SELECT 1', 'TN007', 'a seventh gets none');
is_answer(session($node, user => 'bound', tenant => $red), 'SELECT 1', '1', 'a role that is bound to other tenants neither uses them nor learns of them');
my $late = session($node, user => 'late', tenant => $red);
is_answer($late, 'SELECT 1', 'TN007', 'a role that is bound to none');
$admin->do("SELECT tenant.grant_tenant('late', '$blue')");
is_answer($late, 'SELECT 1', '1', 'until it is');
$late->close;
configure($red, '');

# One at a time, and others wait: first come, first served.
configure($blue, '"concurrent_statements": 1, "concurrent_wait": "1h"');
$admin->do('TRUNCATE log');
my @waiting = map { blue() } 1 .. 5;
hold();
start($first, $hold);
locked($first);
for my $i (0 .. $#waiting)
{
	start($waiting[$i], "SELECT told('$i')");
	queued($waiting[$i]);
}
is_answer(session($node, tenant => $red), 'SELECT count(*) FROM shop.items', '1', 'another tenant does not wait');
$admin->do("SELECT pg_cancel_backend($waiting[1]{pid})");
is($waiting[1]->finish->{sqlstate}, '57014', 'who waits can be cancelled');
$admin->do("SELECT pg_terminate_backend($waiting[3]{pid})");
is($waiting[3]->finish->{sqlstate}, '57P01', 'and ended');
release();
is($_->finish->{sqlstate}, undef, 'served') for $first, @waiting[ 0, 2, 4 ];
is($admin->answer(q{SELECT string_agg(who, ',' ORDER BY line) FROM log}), '0,2,4', 'in the order in which they came');

# However the one that runs ends, the next goes on.
my ($second, $third) = (blue(), blue());
for my $end ([ "$hold, 1 / 0", '22012', sub { release() } ], [ $hold, '57014', sub { $admin->do("SELECT pg_cancel_backend($second->{pid})") } ],
	[ $hold, '57P01', sub { $admin->do("SELECT pg_terminate_backend($second->{pid})") } ])
{
	my ($sql, $expected, $deed) = @$end;
	$second = blue() if $second->{ended};
	hold();
	start($second, $sql =~ s{/ 0}{/ (pg_backend_pid() - pg_backend_pid())}r);
	locked($second);
	start($third, 'SELECT 7');
	queued($third);
	$deed->();
	is($second->finish->{sqlstate}, $expected, "one ends with $expected");
	is($third->finish->{rows}[0][0], 7, 'and the next goes on');
	$admin->do('SELECT pg_advisory_unlock_all()');
	$second->{ended} = $expected eq '57P01';
}
$second = blue();

# Only the first statement of a transaction waits; no longer than it may; and not while somebody waits for it.
hold();
start($second, $hold);
locked($second);
$third->do('SET app.tenant_id = ' . "'$red'");
$third->do('BEGIN; SELECT count(*) FROM shop.items');
$third->do("SET app.tenant_id = '$blue'");
is_answer($third, 'SELECT 1', 'TN007', 'in the middle of a transaction nobody waits');
is_answer($third, 'ROLLBACK', 'ROLLBACK', 'which can be ended');
$third->do("SET app.tenant_id = '$blue'");
$third->do(q{SET statement_timeout = '20ms'});
is_answer($third, 'SELECT 1', '57014', 'statement_timeout holds for who waits');
$third->do('RESET statement_timeout');
start($third, 'SELECT count(*) FROM shop.items');
queued($third);
my $alter = session($node, user => 'shop_owner');
start($alter, 'ALTER TABLE shop.items ADD COLUMN more int');
is($third->finish->{sqlstate}, 'TN007', 'who is waited for gives up');
is($alter->finish->{sqlstate}, undef, 'so that the other goes on');
configure($blue, '"concurrent_statements": 1, "concurrent_wait": "20ms"');
is_answer($third, 'SELECT 1', 'TN007', 'the time to wait has an end');
configure($blue, '"concurrent_statements": 1');
is_answer($third, 'SELECT 1', 'TN007', 'without one there is none');
configure($blue, '"concurrent_statements": 2');
is_answer($third, 'SELECT 1', '1', 'more places are there at once');
configure($blue, '"concurrent_statements": 1');
release();
$second->finish;

# A cursor of the protocol has a place while it runs, and no longer.
$second->do('BEGIN');
$second->parse('', 'SELECT * FROM generate_series(1, 3)');
$second->bind('p', '');
$second->execute('p', 1);
is($second->sync->{rows}[0][0], 1, 'the first row');
is_answer($third, 'SELECT 1', '1', 'another runs meanwhile');
$second->execute('p', 0);
is(scalar @{ $second->sync->{rows} }, 2, 'the others');
$second->do('COMMIT');

# Never more at a time than may be, of eight clients.
configure($blue, '"concurrent_statements": 2, "concurrent_wait": "1h"');
$node->safe_psql('postgres', q{
	CREATE SEQUENCE entered MINVALUE 0 START 1;
	CREATE SEQUENCE departed MINVALUE 0 START 1;
	CREATE FUNCTION work() RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$
	DECLARE
		mine bigint := nextval('entered');
	BEGIN
		IF mine - (SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM departed) > 2 THEN
			RAISE EXCEPTION 'more than two';
		END IF;
		PERFORM pg_sleep(0.001), count(*) FROM generate_series(1, 500);
		PERFORM nextval('departed');
	END
	$$;
});
my $work = $node->basedir . '/work.sql';
append_to_file($work, "SELECT work();\n");
$node->command_ok([ 'pgbench', '-n', '-c', '8', '-j', '2', '-t', '40', '-f', $work, '-d', $node->connstr('postgres') . " user=app options='-c app.tenant_id=$blue'" ],
	'eight clients wait for two places');
is($admin->answer('SELECT last_value FROM entered'), '320', 'all were served');

# Sessions: counted from their first statement under the tenant until another tenant, or none, is set.
$_->close for grep { !$_->{ended} } $first, $second, $third, $waiting[0], $waiting[1], $waiting[2], $waiting[4];
gone($_) for $first, $second, $third, @waiting;
configure($blue, '"sessions": 2');
my @of_blue = map { blue() } 1 .. 3;
is_answer($of_blue[$_], 'SELECT 1', '1', 'a session') for 0, 1;
is_answer($of_blue[2], 'SELECT 1', 'TN009', 'one too many');
is_answer($of_blue[1], 'SELECT 1', '1', 'the others go on');
$of_blue[1]->do(q{SET app.tenant_id = ''});
is_answer($of_blue[2], 'SELECT 1', '1', 'one has gone to no tenant');
$of_blue[1]->do("SET app.tenant_id = '$blue'");
is_answer($of_blue[1], 'SELECT 1', 'TN009', 'and does not come back');
$of_blue[0]->close;
gone($of_blue[0]);
is_answer($of_blue[1], 'SELECT 1', '1', 'unless another has ended');
my $fourth = blue();
is_answer($fourth, 'SELECT 1', 'TN009', 'and no more');
$admin->do("SELECT pg_terminate_backend($of_blue[2]{pid})");
gone($of_blue[2]);
is_answer($fourth, 'SELECT 1', '1', 'one was ended');

# More tenants than there is room for, one after another.
$node->append_conf('postgresql.conf', 'pg_tenant.require_registered = off');
$node->reload;
my $many = session($node);
$owner->do(q{SELECT tenant.set_default_config('{"limits": {"statements_per_second": 100000}}')});
$many->do(join ';', map { "SET app.tenant_id = 'many-$_'; SELECT 1" } 100 * $_ .. 100 * $_ + 99) for 1 .. 90;
pass('nine thousand tenants in turn');
is_answer($fourth, 'SELECT 1', '1', 'who has a session is kept');
is_answer($of_blue[1], 'SELECT 1', '1', 'and the other');
is_answer(blue(), 'SELECT 1', 'TN009', 'and still counts');
cmp_ok($admin->answer('SELECT count(*) FROM tenant.breakers'), '<=', 8192, 'the memory has its bounds');

# A crash takes everything with it.
$fourth->close;
hold();
configure($blue, '"concurrent_statements": 1');
start($of_blue[1], $hold);
locked($of_blue[1]);
kill 'KILL', $of_blue[1]{pid};
$node->poll_query_until('postgres', "SELECT NOT EXISTS (SELECT FROM tenant.breakers WHERE tenant_id = '$blue')") or die 'no restart';
is_answer(blue(), 'SELECT 1', '1', 'after a crash there is a place again');

# Without preloading nothing is limited, and who asks is told.
my $late = PostgreSQL::Test::Cluster->new('late');
$late->init;
$late->append_conf('postgresql.conf', "session_preload_libraries = 'pg_tenant'");
$late->start;
create_shop($late);
$late->safe_psql('postgres', qq{SELECT tenant.set_config('$blue', '{"limits": {"statements_per_second": 0.001, "burst": 1}}')});
my $unlimited = session($late, tenant => $blue);
is_answer($unlimited, 'SELECT count(*) FROM shop.items', '2', 'nothing is limited without preloading') for 1 .. 3;
is_answer(superuser($late), $_, '55000', "$_: which is said") for 'TABLE tenant.breakers', "SELECT tenant.open_breaker('$blue')", "SELECT tenant.close_breaker('$blue')";

done_testing();
