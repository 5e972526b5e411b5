# What is protected stays so when the server dies: killed backends, an immediate stop.
use strict;
use warnings;

use TenantTest;
use Test::More;

my ($blue, $red) = (BLUE, RED);
my $node = tenant_node('main');
create_shop($node);
my $read = 'SELECT id FROM shop.items ORDER BY id';

# A backend is killed while it has changed the registry and protected a table, all uncommitted.
sub crash
{
	my ($stop) = @_;
	my $owner = session($node, user => 'shop_owner', tenant => $blue);
	$owner->do('CREATE TABLE IF NOT EXISTS shop.notes (tenant_id uuid, id int)');
	$owner->do('BEGIN');
	$owner->do("SELECT tenant.suspend('$red'); SELECT tenant.provision('" . NOBODY . "')");
	$owner->do("SELECT tenant.protect('shop.notes'); SELECT tenant.unprotect('shop.items')");
	$owner->do('CREATE TABLE shop.unseen (id int)');
	$stop->($owner);
	return;
}

sub all_is_well
{
	my ($at) = @_;
	is_answer(session($node, tenant => $blue), $read, '1,2', "$at: a tenant's rows");
	is_answer(session($node, tenant => $red), $read, '3', "$at: an uncommitted suspension is gone");
	is_answer(session($node, tenant => NOBODY), $read, 'TN002', "$at: and an uncommitted tenant");
	is_answer(session($node), $read, 'TN001', "$at: no tenant, no rows");
	is_answer(session($node, user => 'shop_owner', tenant => $red), $read, '3', "$at: the owner is confined");
	is_answer(session($node, tenant => $blue), "INSERT INTO shop.items VALUES ('$red', 9)", '42501', "$at: writes are too");
	is_answer(superuser($node), 'SELECT tbl FROM tenant.protected_tables ORDER BY 1', 'shop.items', "$at: the protected tables");
	is_answer(superuser($node), 'SELECT tenant_id, status FROM tenant.tenants ORDER BY 1', "$blue|active,$red|active",
		"$at: the registry");
	return;
}

all_is_well('before');

# One backend is killed: all others end, and the server recovers by itself.
my $other = session($node, tenant => $blue);
is_answer($other, $read, '1,2', 'a session before the crash');
crash(sub {
	my ($owner) = @_;
	kill 'KILL', $owner->{pid};
	is($owner->finish->{closed}, 1, 'the killed backend is gone');
	$other->finish;
	$node->poll_query_until('postgres', 'SELECT true') or die 'the server does not come back';
});
is(Wire::told($other->query($read)), 'closed', 'so are the others');
all_is_well('after kill -9');

crash(sub { $node->stop('immediate'); $node->start; });
all_is_well('after an immediate stop');

# What was committed just before is there.
my $owner = session($node, user => 'shop_owner', tenant => $blue);
my $app = session($node, tenant => $red);
is_answer($app, $read, '3', 'a session of the tenant');
$owner->do("SELECT tenant.suspend('$red', 'unpaid')");
$owner->do("SELECT tenant.protect('shop.notes')");
is_answer($app, $read, 'TN003', 'the tenant is suspended');
$node->stop('immediate');
$node->start;
is_answer(session($node, tenant => $red), $read, 'TN003', 'and suspended after the crash');
is_answer(session($node, tenant => $blue), 'INSERT INTO shop.notes (id) VALUES (1) RETURNING tenant_id', $blue,
	'a table protected just before');
is_answer(session($node), 'SELECT * FROM shop.notes', 'TN001', 'refuses who has no tenant');
$owner = session($node, user => 'shop_owner');
is_answer($owner, "SELECT status FROM tenant.resume('$red')", 'active', 'the lifecycle goes on');
is_answer(session($node, tenant => $red), $read, '3', 'the tenant is back');

# A server that starts without the library keeps the policies.
$node->append_conf('postgresql.conf', "shared_preload_libraries = ''");
$node->stop('immediate');
$node->start;
is_answer(session($node, tenant => $red), $read, '3', 'without preloading after a crash');
is_answer(session($node, user => 'shop_owner', tenant => $blue), $read, '1,2', 'the owner too');

done_testing();
