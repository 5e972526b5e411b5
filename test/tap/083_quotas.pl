# Quotas over several sessions: what is stored is as much as may be, never more; what is known is right, or unknown.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use TenantTest;
use Test::More;

my ($blue, $red) = (BLUE, RED);
my $node = tenant_node('quotas', 'pg_tenant.max_quota_counts = 16', 'max_prepared_transactions = 5', 'max_connections = 40');
create_shop($node);
$node->safe_psql('postgres', q{
	CREATE TABLE parts (tenant_id uuid DEFAULT tenant.current_uuid(), id bigint GENERATED ALWAYS AS IDENTITY, what text);
	ALTER TABLE parts OWNER TO shop_owner;
	SELECT tenant.protect('parts');
	GRANT ALL ON parts TO app;
});
my $admin = superuser($node);
my $owner = session($node, user => 'shop_owner');

sub configure { my ($tenant, $limits) = @_; $owner->do(qq{SELECT tenant.set_config('$tenant', '{"limits": {$limits}}')}); return; }
sub stored { my ($tenant) = @_; return $node->safe_psql('postgres', "SET row_security = off; SELECT count(*) FROM parts WHERE tenant_id = '$tenant'"); }
sub known
{
	my ($tenant) = @_;
	return $node->safe_psql('postgres', "SELECT rows FROM tenant.quotas WHERE tenant_id = '$tenant' AND relation = 'parts'::regclass AND is_known");
}
sub blue { return session($node, tenant => $blue); }
sub state_of { my ($session, $sql) = @_; return $session->query($sql)->{sqlstate} // 'done'; }
sub empty { $node->safe_psql('postgres', 'SET row_security = off; DELETE FROM parts'); return; }

my $insert = 'INSERT INTO parts (what) VALUES (1)';
configure($blue, '"rows_per_table": 100');

# Two that would fit alone.
my ($first, $second) = (blue(), blue());
$first->do('INSERT INTO parts (what) SELECT generate_series(1, 50)');
$_->do('BEGIN') for $first, $second;
$_->do('INSERT INTO parts (what) SELECT generate_series(1, 30)') for $first, $second;
is(state_of($first, 'COMMIT'), 'done', 'the first one that commits');
is(state_of($second, 'COMMIT'), 'TN009', 'is the last one that fits');
is(stored($blue), 80, 'what is stored');
is(known($blue), 80, 'is known');
$_->do('BEGIN') for $first, $second;
$first->do('DELETE FROM parts WHERE id IN (SELECT id FROM parts LIMIT 5)');
$second->do('INSERT INTO parts (what) SELECT generate_series(1, 20)');
is(state_of($second, $insert), 'TN009', 'what another one has deleted is stored until it commits');
$second->do('ROLLBACK');
$first->do('COMMIT');
is(known($blue), 75, 'what is deleted is given back');

# One that is about to commit, and waits for a standby. From 80 % on none publishes an event, for which they would wait.
$first->do('INSERT INTO parts (what) SELECT generate_series(1, 5)');
$admin->do('ALTER SYSTEM SET synchronous_standby_names = nobody');
$admin->do('ALTER SYSTEM SET synchronous_commit = local');
$node->reload;
$node->poll_query_until('postgres', q{SELECT current_setting('synchronous_standby_names') = 'nobody' AND current_setting('synchronous_commit') = 'local'});
$first->do('SET synchronous_commit = on');
$second->do('SET synchronous_commit = local');
$_->do('BEGIN') for $first, $second;
$_->do('INSERT INTO parts (what) SELECT generate_series(1, 15)') for $first, $second;
$first->send('Q', "COMMIT\0");
$node->poll_query_until('postgres', "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid = $first->{pid} AND wait_event = 'SyncRep')");
is(state_of($second, 'COMMIT'), 'TN009', 'what is about to be committed has its place');
$admin->do("SELECT pg_cancel_backend($first->{pid})");
$first->finish;
is(known($blue), 95, 'and is stored');
$admin->do("ALTER SYSTEM RESET $_") for 'synchronous_standby_names', 'synchronous_commit';
$node->reload;

# Of as many clients as there may be, at once.
my $script = $node->basedir . '/insert.sql';
append_to_file($script, "$insert;\n");
{
	local $ENV{PGOPTIONS} = "-c app.tenant_id=$blue";
	$node->command_checks_all(['pgbench', '-n', '-f', $script, '-c', '8', '-t', '20', '-h', $node->host, '-p', $node->port, '-U', 'app', 'postgres'],
		2, [], [qr/may have 100 rows/], 'clients are refused');
}
is(stored($blue), 100, 'they have stored what may be, to the row');
is(known($blue), 100, 'and it is known');

# While others commit, it is counted right.
empty();
is(known($blue), '', 'what is written for all tenants makes it unknown');
$second->do('BEGIN');
$second->do('INSERT INTO parts (what) SELECT generate_series(1, 10)');
is(known($blue), 0, 'counted at the first need');
$first->do('INSERT INTO parts (what) SELECT generate_series(1, 5)');
$owner->do("SELECT tenant.recount('$blue', 'parts')");
$second->do('COMMIT');
is(known($blue), 15, 'what was open when it was counted is added');
$second->do('BEGIN');
$second->do('INSERT INTO parts (what) SELECT generate_series(1, 10)');
$second->do("SELECT set_config('app.tenant_id', '$red', true)");
$second->do($insert);
$second->do('COMMIT');
is(known($blue), 25, 'also by a session that has changed its tenant');
is(state_of($second, 'SELECT 1'), 'done', 'the session goes on');

# What is no longer known when a transaction commits is counted then; what it sees is of no account.
for my $level ('READ COMMITTED', 'SERIALIZABLE')
{
	$node->safe_psql('postgres', "SET row_security = off; DELETE FROM parts WHERE tenant_id = '$blue'");
	$second->do("BEGIN ISOLATION LEVEL $level");
	$second->do('SELECT FROM parts');
	$first->do('INSERT INTO parts (what) SELECT generate_series(1, 90)');
	$second->do('INSERT INTO parts (what) SELECT generate_series(1, 9)');
	$node->safe_psql('postgres', "SET row_security = off; INSERT INTO parts (tenant_id) VALUES ('$blue')");
	is(known($blue), '', 'unknown in the middle of a transaction');
	is(state_of($second, 'COMMIT'), 'done', "counted at its commit, $level");
	is(known($blue), 100, 'as much as may be');
}
$node->safe_psql('postgres', "SET row_security = off; DELETE FROM parts WHERE tenant_id = '$blue' AND ctid NOT IN (SELECT ctid FROM parts WHERE tenant_id = '$blue' LIMIT 25)");
$second->do('BEGIN');
$second->do('INSERT INTO parts (what) SELECT generate_series(1, 75)');
$second->do('ROLLBACK');

# A commit that fails when there was room for it: two transactions of which each has read what the other writes.
my $third = blue();
for my $session ($second, $third)
{
	$session->do('BEGIN ISOLATION LEVEL SERIALIZABLE');
	$session->do('SELECT FROM parts');
}
$_->do('INSERT INTO parts (what) SELECT generate_series(1, 20)') for $second, $third;
$second->do('COMMIT');
is(state_of($third, 'COMMIT'), '40001', 'a commit that fails');
is(known($blue), 45, 'has added nothing');
$second->do('BEGIN');
is(state_of($second, 'INSERT INTO parts (what) SELECT generate_series(1, 55)'), 'done', 'the room that it had is free');
$second->do('ROLLBACK');
$second->do('DELETE FROM parts WHERE ctid NOT IN (SELECT ctid FROM parts LIMIT 25)');

# Sessions and servers that end.
$first->do('BEGIN');
$first->do('INSERT INTO parts (what) SELECT generate_series(1, 70)');
$admin->do("SELECT pg_terminate_backend($first->{pid})");
$node->poll_query_until('postgres', "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = $first->{pid})");
is(known($blue), 25, 'a session that ends has added nothing');
is(state_of($second, 'INSERT INTO parts (what) SELECT generate_series(1, 75)'), 'done', 'nor does it keep what it would have');
$node->stop('immediate');
$node->start;
is(known($blue), '', 'nothing is known after a crash');
$first = blue();
is(state_of($first, $insert), 'TN009', 'it is counted then');
is(known($blue), 100, 'right');

# Prepared transactions.
empty();
$first->do('BEGIN');
$first->do($insert);
is(state_of($first, q{PREPARE TRANSACTION 'blue'}), '0A000', 'none of a tenant with a quota');
my $other = session($node, tenant => $red);
$other->do('BEGIN');
$other->do('INSERT INTO parts (what) SELECT generate_series(1, 8)');
$other->do(q{PREPARE TRANSACTION 'red'});
$admin = superuser($node);
$owner = session($node, user => 'shop_owner');
configure($red, '"rows_per_table": 10');
$other->do('INSERT INTO parts (what) SELECT generate_series(1, 3)');
is(known($red), 3, 'what is prepared is not there yet');
$admin->do(q{COMMIT PREPARED 'red'});
is(state_of($other, $insert), 'TN009', 'it is counted when it is committed');

# More tenants than there is room for.
empty();
for my $number (1 .. 40)
{
	my $id = sprintf '00000000-0000-4000-8000-%012d', $number;
	$admin->do("SELECT tenant.provision('$id')");
	configure($id, '"rows_per_table": 3');
	my $session = session($node, tenant => $id);
	$session->do('INSERT INTO parts (what) SELECT generate_series(1, 3)');
	die "tenant $number" if state_of($session, $insert) ne 'TN009';
}
cmp_ok($node->safe_psql('postgres', 'SELECT count(*) FROM tenant.quotas'), '<=', 16, 'there are as many numbers as there may be');
is(state_of(session($node, tenant => '00000000-0000-4000-8000-000000000001'), $insert), 'TN009', 'what had to make room is counted again');
is($node->safe_psql('postgres', 'SET row_security = off; SELECT count(*) FROM (SELECT FROM parts GROUP BY tenant_id HAVING count(*) <> 3) s'), 0, 'nobody has more');

# Without preloading nothing is limited, and who asks is told.
$node->stop;
my $late = tenant_node('late');
create_shop($late);
$late->append_conf('postgresql.conf', "shared_preload_libraries = ''");
$late->append_conf('postgresql.conf', "session_preload_libraries = 'pg_tenant'");
$late->restart;
$late->safe_psql('postgres', qq{SELECT tenant.set_config('$blue', '{"limits": {"rows_per_table": 1}}')});
is(state_of(session($late, tenant => $blue), 'DELETE FROM shop.items WHERE false'), 'done', 'nothing is limited without preloading');
is(state_of(superuser($late), $_), '55000', "$_ is refused") for 'SELECT * FROM tenant.quotas', 'SELECT tenant.recount()';

done_testing();
