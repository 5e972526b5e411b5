# A standby is promoted in the middle of work: sessions that are open on it, transactions that were prepared on the primary, a standby
# of its own. A standby that has crashed, or that starts late, is where its primary is.
use strict;
use warnings;

use TenantTest;
use PostgreSQL::Test::Cluster;
use Test::More;

my ($blue, $red) = (BLUE, RED);
my $read = 'SELECT id FROM shop.items ORDER BY id';
my $primary = tenant_node('primary', 'max_prepared_transactions = 10', 'wal_keep_size = 128MB', 'max_connections = 30');
create_shop($primary);
$primary->safe_psql('postgres', qq{
	CREATE ROLE bound LOGIN IN ROLE app;
	SET SESSION AUTHORIZATION shop_owner;
	CREATE TABLE shop.late (tenant_id uuid, id int);
	CREATE TABLE shop.never (tenant_id uuid, id int);
	INSERT INTO shop.late VALUES ('$blue', 1), ('$red', 2);
	INSERT INTO shop.never VALUES ('$blue', 1), ('$red', 2);
	CREATE TABLE shop.orders (tenant_id uuid NOT NULL, id int) PARTITION BY RANGE (id);
	CREATE TABLE shop.orders_low PARTITION OF shop.orders FOR VALUES FROM (0) TO (100);
	SELECT tenant.protect('shop.orders');
});

sub standby_of
{
	my ($upstream, $name) = @_;
	$upstream->backup("for_$name");
	my $node = PostgreSQL::Test::Cluster->new($name);
	$node->init_from_backup($upstream, "for_$name", has_streaming => 1);
	$node->start;
	return $node;
}

my $standby = standby_of($primary, 'standby');
my $second = standby_of($standby, 'second');
my @chain = ($standby, $second);

# All of it, on the standby and on the standby's standby.
sub replayed
{
	$primary->wait_for_catchup($standby, 'replay');
	$standby->wait_for_catchup($second, 'replay', $primary->lsn('flush'));
	return;
}

replayed();
my $owner = session($primary, user => 'shop_owner');
my %open = map { $_->name => session($_, tenant => $blue) } @chain;
my %bound = map { $_->name => session($_, user => 'bound', tenant => $blue) } @chain;
is_answer($open{ $_->name }, $read, '1,2', $_->name . ': a session') for @chain;
is_answer($bound{ $_->name }, $read, '1,2', $_->name . ': of a role that is not bound') for @chain;
$owner->do("SELECT tenant.suspend('$blue'), tenant.grant_tenant('bound', '$red')");
replayed();
is_answer($open{ $_->name }, $read, 'TN003', $_->name . ': its tenant is suspended on the primary') for @chain;
is_answer($bound{ $_->name }, $read, 'TN005', $_->name . ': its role was bound to another tenant') for @chain;
$owner->do("SELECT tenant.resume('$blue'), tenant.revoke_tenant('bound', '$red')");
replayed();
is_answer($open{ $_->name }, $read, '1,2', $_->name . ': and resumed') for @chain;
is_answer($bound{ $_->name }, $read, '1,2', $_->name . ': and is bound no more') for @chain;

# A standby crashes; what is written meanwhile holds when it is back.
$standby->stop('immediate');
$owner->do("SELECT tenant.suspend('$red')");
$owner->do("CREATE TABLE shop.orders_high PARTITION OF shop.orders FOR VALUES FROM (100) TO (200)");
$owner->do("SET app.tenant_id = '$blue'; INSERT INTO shop.orders_high (id) VALUES (150); RESET app.tenant_id");
$standby->start;
replayed();
for my $node (@chain)
{
	my $name = $node->name;
	is_answer(session($node, tenant => $red), $read, 'TN003', "$name: suspended while it was down");
	is_answer(session($node, tenant => $blue), 'SELECT id FROM shop.orders_high', '150', "$name: a partition made while it was down");
	is_answer(session($node), 'SELECT id FROM shop.orders_high', 'TN001', "$name: is protected");
}
$second->stop('immediate');
$second->start;
is_answer(session($second, tenant => $blue), $read, '1,2', 'a standby that has crashed');
is_answer(session($second, tenant => $red), $read, 'TN003', 'knows who is suspended');
$owner->do("SELECT tenant.resume('$red')");

# Transactions that are prepared on the primary, and end on what was its standby.
my %prepared = (
	protected => "SELECT tenant.protect('shop.late')",
	given_up => "SELECT tenant.protect('shop.never')",
	suspended => "SELECT tenant.suspend('$red', 'unpaid')",
	provisioned => "SELECT tenant.provision('" . NOBODY . "')");
for my $name (sort keys %prepared)
{
	$owner->do('BEGIN');
	$owner->do($prepared{$name});
	$owner->do("PREPARE TRANSACTION '$name'");
}
replayed();

# Sessions that live through the promotion, in the midst of something.
my %survivor = map { $_ => session($standby, tenant => $blue) } qw(plain prepared cursor old sealed);
my $of_red = session($standby, tenant => $red);
my $of_nobody = session($standby, tenant => NOBODY);
$survivor{prepared}->do("SET plan_cache_mode = force_generic_plan; PREPARE p AS $read");
is_answer($survivor{prepared}, 'EXECUTE p', '1,2', 'a prepared statement');
$survivor{cursor}->do("BEGIN; DECLARE c CURSOR FOR $read");
is_answer($survivor{cursor}, 'FETCH c', '1', 'a cursor');
$survivor{old}->do('BEGIN ISOLATION LEVEL REPEATABLE READ');
is_answer($survivor{old}, $read, '1,2', 'an old snapshot');
$survivor{sealed}->do('SELECT tenant.seal(true)');
is_answer($survivor{plain}, $read, '1,2', 'a session');
is_answer($of_red, $read, '3', 'what is only prepared has not happened');
is_answer($of_nobody, $read, 'TN002', 'neither for an unknown tenant');

$primary->stop('immediate');
$standby->promote;

is_answer($survivor{prepared}, 'EXECUTE p', '1,2', 'promoted: the prepared statement');
is_answer($survivor{cursor}, 'FETCH c', '2', 'promoted: the cursor goes on');
is_answer($survivor{cursor}, "SET LOCAL app.tenant_id = '$red'; FETCH c", 'TN011', 'promoted: and is no other tenant\'s');
is_answer($survivor{old}, $read, '1,2', 'promoted: the old snapshot');
is_answer($survivor{sealed}, "SET app.tenant_id = '$red'; $read", 'TN005', 'promoted: the seal');
$_->do('ROLLBACK') for @survivor{ 'cursor', 'old' };
is_answer($survivor{plain}, 'INSERT INTO shop.items (id) VALUES (4) RETURNING tenant_id', $blue, 'promoted: writes');
is_answer($survivor{plain}, "INSERT INTO shop.items VALUES ('$red', 5)", '42501', 'promoted: but not for others');
is_answer($survivor{plain}, "UPDATE shop.items SET id = id + 10 WHERE id = 3", 'UPDATE 0', 'promoted: nor of others');
is_answer($survivor{plain}, "SET lock_timeout = '10ms'; SELECT id FROM shop.late", '55P03', 'a table that is being protected is not to be read');

my $new_owner = session($standby, user => 'shop_owner');
$new_owner->do("COMMIT PREPARED '$_'") for 'protected', 'suspended', 'provisioned';
$new_owner->do("ROLLBACK PREPARED 'given_up'");
is_answer($survivor{plain}, 'SELECT id FROM shop.late', '1', 'a table whose protection was prepared');
is_answer(session($standby), 'SELECT id FROM shop.late', 'TN001', 'needs a tenant now');
is_answer(session($standby), 'SELECT id FROM shop.never ORDER BY id', '1,2', 'one whose protection was rolled back does not');
is_answer($of_red, $read, 'TN003', 'a suspension that was prepared holds in open sessions');
is_answer($of_nobody, $read, 'SELECT 0', 'and so does a provisioning');
is_answer($new_owner, "SELECT tenant.protect('shop.never')", '', 'protected after all');
is_answer($survivor{plain}, 'SELECT id FROM shop.never', '1', 'its tenant sees its own rows');

# The standby's standby follows.
is_answer($new_owner, "SELECT status FROM tenant.resume('$red')", 'active', 'the lifecycle goes on');
$new_owner->do("SELECT tenant.suspend('$blue')");
$standby->wait_for_catchup($second, 'replay', $standby->lsn('flush'));
is_answer($open{$second->name}, $read, 'closed', 'a session that its crash has ended');
is_answer(session($second, tenant => $blue), $read, 'TN003', 'the second standby follows the new primary');
is_answer(session($second, tenant => $red), 'SELECT id FROM shop.late', '2', 'with what was prepared on the old one');
is_answer(session($second), 'SELECT id FROM shop.never', 'TN001', 'and what was protected on the new one');

done_testing();
