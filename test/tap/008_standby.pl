# A physical standby isolates like its primary, hears of a suspension in sessions that are open already, and goes
# on doing so after its promotion.
use strict;
use warnings;

use TenantTest;
use PostgreSQL::Test::Cluster;
use Test::More;

my ($blue, $red) = (BLUE, RED);
my $read = 'SELECT id FROM shop.items ORDER BY id';
my $primary = tenant_node('primary');
create_shop($primary);
$primary->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'base', has_streaming => 1);
$standby->start;

sub replayed
{
	$primary->wait_for_catchup($standby, 'replay');
	return;
}

# What holds on the primary holds on the standby.
replayed();
for my $role ('app', 'shop_owner')
{
	is_answer(session($standby, user => $role, tenant => $blue), $read, '1,2', "$role: a tenant's rows");
	is_answer(session($standby, user => $role, tenant => $red), $read, '3', "$role: another's");
	is_answer(session($standby, user => $role), $read, 'TN001', "$role: no tenant");
	is_answer(session($standby, user => $role, tenant => NOBODY), $read, 'TN002', "$role: an unknown tenant");
	is_answer(session($standby, user => $role, tenant => $blue), 'COPY shop.items (id) TO STDOUT', '1,2', "$role: COPY TO");
	is_answer(session($standby, user => $role, tenant => $blue), "INSERT INTO shop.items (id) VALUES (9)", '25006', "$role: no writes");
}
my $owner = session($primary, user => 'shop_owner');
my $reader = session($standby, user => 'shop_owner');
is_answer($reader, "SELECT tenant.suspend('$red')", '25006', 'no lifecycle on a standby');

# Sessions that are open on the standby: plain, prepared, in an old snapshot, with a cursor.
my %open = map { $_ => session($standby, tenant => $blue) } qw(plain prepared repeatable cursor);
$open{prepared}->do("SET plan_cache_mode = force_generic_plan; PREPARE p AS $read");
is_answer($open{prepared}, 'EXECUTE p', '1,2', 'a prepared statement on the standby');
$open{repeatable}->do('BEGIN ISOLATION LEVEL REPEATABLE READ');
is_answer($open{repeatable}, $read, '1,2', 'a REPEATABLE READ transaction on the standby');
$open{repeatable}->do('SAVEPOINT s');
$open{cursor}->do("BEGIN; DECLARE c CURSOR FOR $read");
is_answer($open{cursor}, 'FETCH c', '1', 'a cursor on the standby');
is_answer($open{plain}, $read, '1,2', 'a plain session on the standby');

$owner->do("SELECT tenant.suspend('$blue', 'unpaid')");
replayed();
is_answer($open{plain}, $read, 'TN003', 'a suspension holds in a plain session');
is_answer($open{prepared}, 'EXECUTE p', 'TN003', 'for a prepared statement');
is_answer($open{repeatable}, $read, 'TN003', 'in an old snapshot');
is_answer($open{cursor}, $read, 'TN003', 'beside an open cursor');
is_answer(session($standby, tenant => $blue), $read, 'TN003', 'in a new session');
is_answer(session($standby, tenant => $red), $read, '3', 'and for no other tenant');
$owner->do("SELECT tenant.resume('$blue')");
replayed();
is_answer($open{plain}, $read, '1,2', 'and so does its end');
is_answer($open{prepared}, 'EXECUTE p', '1,2', 'for a prepared statement too');
$open{repeatable}->do('ROLLBACK TO s');
is_answer($open{repeatable}, $read, '1,2', 'and in the old snapshot');
$open{$_}->do('ROLLBACK') for 'repeatable', 'cursor';

# What is not committed, or rolled back, does not arrive.
$owner->do('BEGIN');
$owner->do("SELECT tenant.suspend('$blue')");
replayed();
is_answer($open{plain}, $read, '1,2', 'a suspension that is not committed');
$owner->do('ROLLBACK');
replayed();
is_answer($open{plain}, $read, '1,2', 'nor one that is rolled back');

# New tenants, names, tables and partitions.
my $unknown = session($standby, tenant => NOBODY);
is_answer($unknown, $read, 'TN002', 'an unknown tenant');
$owner->do("SELECT tenant.provision('" . NOBODY . "')");
replayed();
is_answer($unknown, $read, 'SELECT 0', 'is known when it is provisioned on the primary');
$owner->do('CREATE TABLE shop.notes (tenant_id uuid, id int)');
$owner->do("INSERT INTO shop.notes VALUES ('$blue', 1), ('$red', 2)");
replayed();
is_answer($open{prepared}, 'PREPARE n AS SELECT id FROM shop.notes ORDER BY id', 'PREPARE', 'a table that is not protected');
is_answer($open{prepared}, 'EXECUTE n', '1,2', 'shows all rows');
$owner->do("SELECT tenant.protect('shop.notes')");
replayed();
is_answer($open{prepared}, 'EXECUTE n', '1', 'and the rows of one tenant once it is protected on the primary');
is_answer(session($standby), 'SELECT * FROM shop.notes', 'TN001', 'and none without a tenant');

# Without preloading on the standby.
$standby->append_conf('postgresql.conf', "shared_preload_libraries = ''");
$standby->restart;
is_answer(session($standby, tenant => $blue), $read, '1,2', 'a standby without preloading');
is_answer(session($standby, user => 'shop_owner', tenant => $red), $read, '3', 'confines the owner too');
$standby->append_conf('postgresql.conf', "shared_preload_libraries = 'pg_tenant'");
$standby->restart;

# Promotion, with a session that has lived through it.
my $survivor = session($standby, tenant => $blue);
is_answer($survivor, $read, '1,2', 'a session before the promotion');
$owner->do("SELECT tenant.suspend('$red', 'unpaid')");
replayed();
$standby->promote;
is_answer($survivor, $read, '1,2', 'after the promotion');
is_answer($survivor, 'INSERT INTO shop.items (id) VALUES (4) RETURNING tenant_id', $blue, 'writes');
is_answer($survivor, "INSERT INTO shop.items VALUES ('$red', 5)", '42501', 'but not for others');
is_answer(session($standby, tenant => $red), $read, 'TN003', 'a suspension from before the promotion');
my $new_owner = session($standby, user => 'shop_owner');
$new_owner->do("SELECT tenant.suspend('$blue')");
is_answer($survivor, $read, 'TN003', 'a suspension on the new primary');
is_answer(session($primary, tenant => $blue), $read, '1,2', 'does not reach the old one');
$new_owner->do("SELECT tenant.resume('$red')");
is_answer(session($standby, tenant => $red), $read, '3', 'the lifecycle goes on');

done_testing();
