# Tenants may arrive by logical replication: the apply worker runs with session_replication_role = replica, and
# sessions that are open on the subscriber hear of its changes all the same.
use strict;
use warnings;

use TenantTest;
use Test::More;

my ($blue, $red) = (BLUE, RED);
my $read = 'SELECT id FROM shop.items ORDER BY id';
my $publisher = tenant_node('publisher');
create_shop($publisher);
my $subscriber = tenant_node('subscriber');
create_shop($subscriber);
$subscriber->safe_psql('postgres', 'DELETE FROM tenant.tenants');

my $waiting = session($subscriber, tenant => $blue);
is_answer($waiting, $read, 'TN002', 'the subscriber knows no tenant');

$publisher->safe_psql('postgres', 'CREATE PUBLICATION tenants FOR TABLE tenant.tenants, tenant.tenant_resources');
my ($host, $port) = ($publisher->host, $publisher->port);
$subscriber->safe_psql('postgres',
	"CREATE SUBSCRIPTION tenants CONNECTION 'host=$host port=$port dbname=postgres' PUBLICATION tenants");
$subscriber->wait_for_subscription_sync($publisher, 'tenants');
is_answer($waiting, $read, '1,2', 'the first copy of the table announces its tenants');

my %open = map { $_ => session($subscriber, tenant => $red) } qw(plain prepared repeatable);
$open{prepared}->do("SET plan_cache_mode = force_generic_plan; PREPARE p AS $read");
is_answer($open{plain}, $read, '3', 'a session of the subscriber');
is_answer($open{prepared}, 'EXECUTE p', '3', 'a prepared statement');
$open{repeatable}->do('BEGIN ISOLATION LEVEL REPEATABLE READ');
is_answer($open{repeatable}, $read, '3', 'an old snapshot');
$open{repeatable}->do('SAVEPOINT s');

my $owner = session($publisher, user => 'shop_owner');

# Runs on the publisher and waits until the subscriber has applied it.
sub publish
{
	my ($sql) = @_;
	$owner->do($sql);
	$publisher->wait_for_catchup('tenants');
	return;
}

publish("SELECT tenant.suspend('$red', 'unpaid')");
is_answer($open{plain}, $read, 'TN003', 'a suspension that is applied');
is_answer($open{prepared}, 'EXECUTE p', 'TN003', 'holds for a prepared statement');
is_answer($open{repeatable}, $read, 'TN003', 'and in an old snapshot');
is_answer($waiting, $read, '1,2', 'and for no other tenant');
publish("SELECT tenant.resume('$red')");
is_answer($open{plain}, $read, '3', 'and so does its end');
$open{repeatable}->do('ROLLBACK TO s');
is_answer($open{repeatable}, $read, '3', 'in the old snapshot too');
$open{repeatable}->do('ROLLBACK');

my $unknown = session($subscriber, tenant => NOBODY);
is_answer($unknown, $read, 'TN002', 'an unknown tenant');
publish("SELECT tenant.provision('" . NOBODY . "', activate => false)");
is_answer($unknown, $read, 'TN003', 'arrives as a pending one');
publish("SELECT tenant.activate('" . NOBODY . "')");
is_answer($unknown, $read, 'SELECT 0', 'and is activated');

# Changes of the registry that no function makes.
my $root = superuser($publisher);
$open{plain}->do("SET app.tenant_name = 'Red'");
$root->do("UPDATE tenant.tenants SET name = 'Red' WHERE tenant_id = '$red'");
$publisher->wait_for_catchup('tenants');
is_answer($open{plain}, $read, '3', 'a name that is applied');
$root->do("UPDATE tenant.tenants SET name = 'Rot' WHERE tenant_id = '$red'");
$publisher->wait_for_catchup('tenants');
is_answer($open{plain}, $read, 'TN004', 'and its change');
$open{plain}->do('RESET app.tenant_name');
$root->do("DELETE FROM tenant.tenants WHERE tenant_id = '$red'");
$publisher->wait_for_catchup('tenants');
is_answer($open{plain}, $read, 'TN002', 'a tenant whose deletion is applied');
is_answer($waiting, $read, '1,2', 'the others stay');
$root->do('TRUNCATE tenant.tenants, tenant.tenant_resources');
$publisher->wait_for_catchup('tenants');
is_answer($waiting, $read, 'TN002', 'until all are gone');

done_testing();
