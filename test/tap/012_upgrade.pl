# pg_upgrade (to the same major: another is not at hand) carries the protection and the registry, with the library preloaded
# in both servers: what it dumps, restores and counts passes the hooks.
use strict;
use warnings;

use TenantTest;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my ($blue, $red) = (BLUE, RED);
my $old = tenant_node('old');
create_shop($old);
$old->safe_psql('postgres', qq{
	SET SESSION AUTHORIZATION shop_owner;
	CREATE TABLE shop.orders (tenant_id bigint, id int) PARTITION BY RANGE (id);
	CREATE TABLE shop.orders_low PARTITION OF shop.orders FOR VALUES FROM (0) TO (100);
	INSERT INTO shop.orders VALUES (7, 1), (8, 2);
	SELECT tenant.protect('shop.orders', register => true);
	CREATE TABLE shop.albums (id int PRIMARY KEY, tenant_id uuid NOT NULL);
	CREATE TABLE shop.photos (id int, tenant_id uuid NOT NULL, album int REFERENCES shop.albums DEFERRABLE);
	INSERT INTO shop.albums VALUES (1, '$blue'), (3, '$red');
	SELECT tenant.protect('shop.albums'), tenant.protect('shop.photos');
	CREATE TABLE shop.countries (code text);
	INSERT INTO shop.countries VALUES ('de');
	SELECT tenant.share('shop.countries');
	SELECT tenant.provision('grey', 'Grey Inc');
	SELECT tenant.suspend('grey', 'unpaid');
});
my $registry = q{SELECT * FROM tenant.tenants ORDER BY tenant_id};
my $protected = q{SELECT tbl, tenant_column, column_type, open, part_of FROM tenant.protected_tables ORDER BY tbl::text};
my $checked = q{SELECT name, checked FROM tenant.unsafe_keys WHERE kind = 'foreign'};
my %before = map { $_ => $old->safe_psql('postgres', $_) } $registry, $protected, $checked;
$old->stop;

# Not tenant_node: the new server starts for the first time under pg_upgrade.
my $new = PostgreSQL::Test::Cluster->new('new');
$new->init;
$new->append_conf('postgresql.conf', "shared_preload_libraries = 'pg_tenant'\n");
command_ok(
	[ 'pg_upgrade', '--no-sync', '--old-datadir', $old->data_dir, '--new-datadir', $new->data_dir,
		'--old-bindir', $old->config_data('--bindir'), '--new-bindir', $new->config_data('--bindir'),
		'--socketdir', $new->host, '--old-port', $old->port, '--new-port', $new->port ],
	'pg_upgrade');
$new->start;

is($new->safe_psql('postgres', $_), $before{$_}, "after it: $_") for $registry, $protected, $checked;
for my $role ('app', 'shop_owner')
{
	is_answer(session($new, user => $role, tenant => $blue), 'SELECT id FROM shop.items ORDER BY id', '1,2', "$role: a tenant's rows");
	is_answer(session($new, user => $role, tenant => 8), 'SELECT id FROM shop.orders_low', '2', "$role: of a partition");
	is_answer(session($new, user => $role), 'SELECT id FROM shop.items', 'TN001', "$role: no tenant");
	is_answer(session($new, user => $role, tenant => 'grey'), 'SELECT id FROM shop.items', 'TN003', "$role: a suspended tenant");
	is_answer(session($new, user => $role), 'SELECT code FROM shop.countries', 'de', "$role: a shared table");
	is_answer(session($new, user => $role, tenant => $blue), "INSERT INTO shop.items VALUES ('$red', 9)", '42501', "$role: another's row");
}
is_answer(session($new, tenant => $blue), 'INSERT INTO shop.photos (id, album) VALUES (1, 3)', 'TN006', "no reference to another tenant's row");
is_answer(session($new, tenant => $blue), "INSERT INTO shop.items (id) VALUES (4) RETURNING tenant_id", $blue, 'the tenant is filled in');
my $owner = session($new, user => 'shop_owner', tenant => 7);
$owner->do('CREATE TABLE shop.orders_high PARTITION OF shop.orders FOR VALUES FROM (100) TO (200)');
$owner->do('INSERT INTO shop.orders_high (id) VALUES (150)');
is_answer(session($new, tenant => 8), 'SELECT id FROM shop.orders_high', 'SELECT 0', 'a partition made later is protected');
is_answer(superuser($new), 'SELECT id FROM shop.items', 'TN001', 'a superuser is confined');

done_testing();
