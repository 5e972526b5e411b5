# Rates of where statements come from: roles, addresses, applications, with real connections of each.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use TenantTest;
use Test::More;

# The tenant that sessions work for.
my $tenant = BLUE;
my $red = RED;
my $node = tenant_node('sources', 'max_connections = 40', "listen_addresses = '127.0.0.1'");
create_shop($node);
append_to_file($node->data_dir . '/pg_hba.conf', "host all all 127.0.0.0/8 trust\n");
$node->reload;
$node->safe_psql('postgres', q{
	CREATE ROLE other LOGIN;
	GRANT other TO app;
	CREATE ROLE boss LOGIN SUPERUSER;
});
my $owner = session($node, user => 'shop_owner');

sub configure { limit_tenant($owner, @_); return; }

# From now on it is a new one, that has spent nothing.
sub limit
{
	my ($limits) = @_;
	$tenant = $owner->answer('SELECT tenant_id FROM tenant.provision()');
	configure($tenant, $limits);
	return;
}

# A connection from an address of this machine.
sub from
{
	my ($address, %params) = @_;
	return session($node, tenant => $tenant, %params, address => $address);
}
sub blue { return session($node, tenant => $tenant, @_); }

# How many of a number of statements are let through.
sub let_through
{
	my ($session, $times, $refused) = @_;
	my $count = 0;
	for (1 .. $times)
	{
		my $result = $session->query('SELECT 1');
		if (!defined $result->{sqlstate}) { $count++; next; }
		die $result->{sqlstate} if $result->{sqlstate} ne 'TN007';
		$$refused = $result->{error} if defined $refused;
	}
	return $count;
}

my $slow = '"statements_per_second": 0.001';
my $refused;

# Every role, whatever role its session acts as.
limit(qq{"per_role": {$slow, "burst": 3}});
my ($app, $second, $other) = (blue(), blue(), blue(user => 'other'));
is(let_through($app, 2), 2, 'a role has a burst');
is(let_through($second, 3, \$refused), 1, 'which its sessions share');
is($refused->{D}, 'Role "app" may run 0.001 statements a second.', 'it is said which one it was');
like($refused->{H}, qr/^Try again in \d+ ms\.$/, 'and when to try again');
$app->do('SET ROLE other');
is(let_through($app, 1), 0, 'SET ROLE is no way out');
is(let_through($other, 5), 3, 'another role has its own');
$_->close for $second, $other;
my $boss = blue(user => 'boss');
$boss->do('SET SESSION AUTHORIZATION app');
is(let_through($boss, 1), 0, 'who becomes another is that one');
$boss->do('RESET SESSION AUTHORIZATION');
is(let_through($boss, 5), 3, 'a superuser is limited, too');
my $of_red = session($node, tenant => $red);
configure($red, qq{"per_role": {$slow, "burst": 2}});
is(let_through($of_red, 5), 2, 'the same role has another one at another tenant');
$app->do("SET app.tenant_id = '$red'");
is(let_through($app, 1), 0, 'and where its session comes to that tenant');
limit(qq{"per_role": {$slow, "burst": 1}});
$app->do("SET app.tenant_id = '$tenant'");
is(let_through($app, 3), 1, 'nor does it keep what it had elsewhere');
$_->close for $boss, $app, $of_red;

# Every address.
limit(qq{"per_client_address": {$slow, "burst": 2}});
my ($here, $there, $local) = (from('127.0.0.1'), from('127.0.0.2'), blue());
is(let_through($here, 3, \$refused), 2, 'an address has a burst');
is($refused->{D}, 'Client address "127.0.0.1" may run 0.001 statements a second.', 'it is said which one');
is(let_through(from('127.0.0.1'), 1), 0, 'which its connections share, whatever their port');
is(let_through(from('127.0.0.1', user => 'other'), 1), 0, 'and their role');
is(let_through($there, 3), 2, 'another address has its own');
is(let_through($local, 3, \$refused), 2, 'and so have local sockets');
is($refused->{D}, 'Client address "local" may run 0.001 statements a second.', 'it is said, too');
is(let_through(blue(user => 'other'), 1), 0, 'all of them');
$_->close for $here, $there, $local;

# Every application, as the session calls itself now.
limit(qq{"per_application": {$slow, "burst": 2}});
my $shop = blue(startup => { application_name => 'shop' });
$second = blue(startup => { application_name => 'shop' });
is(let_through($shop, 1), 1, 'an application');
is(let_through($second, 3, \$refused), 1, 'has a burst');
is($refused->{D}, 'Application "shop" may run 0.001 statements a second.', 'it is said which one');
$second->do(q{SET application_name = 'back office'});
is(let_through($second, 3), 2, 'another has its own');
$second->do(q{SET application_name = 'shop'});
is(let_through($second, 1), 0, 'which is another only as long as it is called so');
$second->do(q{SET application_name = ''});
is(let_through($second, 3), 2, 'one without a name is one');
$second->close;

# From all, or from none.
limit(qq{$slow, "burst": 4, "per_role": {$slow, "burst": 2}, "per_application": {$slow, "burst": 3}});
$shop = blue(startup => { application_name => 'all' });
is(let_through($shop, 10, \$refused), 2, 'the one that has fewest decides');
like($refused->{D}, qr/^Role "app"/, 'and is said to');
$other = blue(user => 'other', startup => { application_name => 'all' });
is(let_through($other, 10, \$refused), 1, 'what was refused has cost nothing');
like($refused->{D}, qr/^Application "all"/, 'elsewhere');
$other->do(q{SET application_name = 'again'});
is(let_through($other, 10), 1, 'under another name');
$boss = blue(user => 'boss');
is(let_through($boss, 10, \$refused), 0, 'the tenant has its own');
is($refused->{D}, undef, 'which binds all');
$_->close for $shop, $other, $boss;

# Changed and dropped at once.
limit(qq{"per_role": {$slow, "burst": 2}});
$app = blue();
is(let_through($app, 30), 2, 'a burst');
configure($tenant, qq{"per_role": {$slow, "burst": 20}});
is(let_through($app, 30), 18, 'a greater burst is there at once');
configure($tenant, qq{"per_role": {"statements_per_second": 0}});
is(let_through($app, 30), 30, 'zero is no limit');
configure($tenant, '');
is(let_through($app, 30), 30, 'and nothing is none');
$app->close;

# Who changes its name with every statement has a number of them, and then what all such have.
limit(qq{"per_application": {$slow, "burst": 1}});
$app = blue();
sub renamed
{
	my ($session, $name) = @_;
	$session->do("SET application_name = '$name'");
	return let_through($session, 1, \$refused);
}
my $passed = 0;
$passed += renamed($app, "name $_") for 1 .. 500;
is($passed, 64, 'as many names as there are places');
is($refused->{D}, 'Application "name 500" shares 0.001 statements a second with others.', 'the rest is shared');
is(renamed($app, 'name 1'), 0, 'nothing is forgotten');

# A new name costs, though its bucket is full again; one that is known does not. Statements that the tenant's rate refuses
# leave full ones.
limit(qq{$slow, "burst": 1, "per_application": {$slow, "burst": 1}});
$app->close;
$app = blue();
renamed($app, "name $_") for 1 .. 65;
configure($tenant, qq{"per_application": {$slow, "burst": 1}});
is(renamed($app, 'name 66'), 0, 'no new name');
is(renamed($app, 'name 64'), 1, 'a known one');

# Addresses cannot be chosen so freely: what is full makes room, and what is not stays.
sub from_many { my ($first, $last) = @_; my $count = 0; for ($first .. $last) { my $session = from("127.0.1.$_"); $count += let_through($session, 1); $session->close; } return $count; }
limit(qq{"per_client_address": {$slow, "burst": 2}});
is(from_many(1, 70), 64 + 2, 'beyond so many, addresses share');
limit(qq{$slow, "burst": 1, "per_client_address": {$slow, "burst": 1}});
is(from_many(1, 70), 1, 'as many addresses that spend nothing, but one');
configure($tenant, qq{"per_client_address": {$slow, "burst": 1}});
is(from_many(101, 110), 10, 'make room for others');

# Not of other tenants, of which each has as much.
configure($red, qq{"per_application": {$slow, "burst": 1}});
$of_red = session($node, tenant => $red);
is(renamed($of_red, 'name 500'), 1, 'another tenant is not affected');
$_->close for $app, $of_red;

# One whose bucket is full makes room, and what it had is the same again when it comes back.
limit(qq{"per_role": {"statements_per_second": 1000000, "burst": 1}, "per_application": {"statements_per_second": 1000000, "burst": 1}});
$app = blue();
$passed = 0;
$passed += renamed($app, "quick $_") for 1 .. 300;
is($passed, 300, 'what is full makes room');
$app->close;

# Of more sources than there are places in all, no tenant's statement fails: many tenants, each with many.
$node->append_conf('postgresql.conf', 'pg_tenant.require_registered = off');
$node->reload;
$owner->do(qq{SELECT tenant.set_default_config('{"limits": {"per_application": {$slow, "burst": 2}}}')});
my $many = session($node);
for my $number (1 .. 530)
{
	$many->do(join ';', "SET app.tenant_id = 'many-$number'", map { "SET application_name = 'a$_'; SELECT 1" } 1 .. 64);
}
pass('all places are taken');
$many->do(q{SET app.tenant_id = 'many-late'});
is(renamed($many, 'a'), 1, 'one that comes later works');
is(renamed($many, 'b'), 1, 'under any name');
$many->do(q{SET app.tenant_id = 'many-1'});
is(renamed($many, 'a1'), 1, 'and so do those that came first');
is(renamed($many, 'a1'), 0, 'as far as they may');

# A crash takes everything with it.
kill 'KILL', $many->{pid};
$node->poll_query_until('postgres', q{SELECT count(*) = 0 FROM tenant.breakers}) or die 'no restart';
$many = session($node, tenant => 'many-1', startup => { application_name => 'a1' });
is(let_through($many, 3), 2, 'after a crash everything is as new');

done_testing();
