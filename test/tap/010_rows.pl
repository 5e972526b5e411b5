# Rows of protected tables by logical replication. Out: all tenants', in the first copy too where the connection sees all of them, or
# what a row filter lets through. In: by a subscription that no policy binds all tenants' rows; by one that is bound none, and check() says so.
use strict;
use warnings;

use TenantTest;
use PostgreSQL::Test::Utils;
use Test::More;

my ($blue, $red) = (BLUE, RED);
my $tables = qq{
	CREATE TABLE shop.orders (tenant_id uuid NOT NULL, id int, day int, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
	CREATE TABLE shop.orders_low PARTITION OF shop.orders FOR VALUES FROM (0) TO (100);
	CREATE TABLE shop.bare (tenant_id uuid NOT NULL, id int);
	ALTER TABLE shop.bare REPLICA IDENTITY FULL;
	SELECT tenant.protect('shop.orders'), tenant.protect('shop.bare');
};
my $publisher = tenant_node('publisher');
create_shop($publisher);
$publisher->safe_psql('postgres', qq{
	SET SESSION AUTHORIZATION shop_owner;
	$tables
	SET SESSION AUTHORIZATION DEFAULT;
	SET row_security = off;
	INSERT INTO shop.orders VALUES ('$blue', 1, 1), ('$red', 2, 2);
	INSERT INTO shop.bare VALUES ('$blue', 1), ('$red', 2);
	CREATE PUBLICATION everything FOR TABLE shop.items, shop.orders, shop.bare WITH (publish_via_partition_root = true);
	CREATE PUBLICATION of_blue FOR TABLE shop.items WHERE (tenant_id = '$blue');
});
is_answer(superuser($publisher), 'SELECT code, object FROM tenant.check() WHERE code LIKE $$publication%$$ ORDER BY message',
	join(',', ('publication_of_table|publication everything') x 3), 'check() names what publishes all tenants');

my $root = superuser($publisher);
$root->do('SET row_security = off');
my $at = 'host=' . $publisher->host . ' port=' . $publisher->port . ' dbname=postgres';
my $seeing_all = "$at options='-c row_security=off'";

# Waits until what is published has been applied.
sub published
{
	my ($name, @sql) = @_;
	$root->do($_) for @sql;
	$publisher->wait_for_catchup($name);
	return;
}

my %all = (items => "$blue|1,$blue|2,$red|3", orders => "$blue|1,$red|2", bare => "$blue|1,$red|2");

sub rows_are
{
	my ($session, $expected, $name) = @_;
	is_answer($session, "SELECT tenant_id, id FROM shop.$_ ORDER BY id", $$expected{$_}, "$name: $_") for sort keys %$expected;
	return;
}

# Out, to plain tables of a server that knows nothing of tenants.
my $plain = tenant_node('plain', "shared_preload_libraries = ''");
$plain->safe_psql('postgres', q{
	CREATE SCHEMA shop;
	CREATE TABLE shop.items (tenant_id uuid, id int, name text, PRIMARY KEY (tenant_id, id));
	CREATE TABLE shop.orders (tenant_id uuid, id int, day int, PRIMARY KEY (id, day));
	CREATE TABLE shop.bare (tenant_id uuid, id int);
});
my $outside = superuser($plain);
$outside->do("CREATE SUBSCRIPTION plain CONNECTION '$at' PUBLICATION everything");
ok($plain->wait_for_log(qr/could not start initial contents copy.*no tenant/i), 'a connection that is confined copies nothing');
rows_are($outside, { map { $_ => 'SELECT 0' } keys %all }, 'confined');
$outside->do("ALTER SUBSCRIPTION plain CONNECTION \$\$$seeing_all\$\$");
$plain->wait_for_subscription_sync($publisher, 'plain');
rows_are($outside, \%all, 'under row_security = off');
published('plain', "INSERT INTO shop.items VALUES ('$red', 4, 'four')", "UPDATE shop.orders SET id = 3 WHERE id = 2", "DELETE FROM shop.bare WHERE id = 1");
rows_are($outside, { items => "$all{items},$red|4", orders => "$blue|1,$red|3", bare => "$red|2" }, 'streamed');
my $tenant = session($publisher, tenant => $blue);
$tenant->do("UPDATE shop.bare SET id = 9; INSERT INTO shop.bare (id) VALUES (5); UPDATE shop.orders SET id = 7");
published('plain');
rows_are($outside, { orders => "$red|3,$blue|7", bare => "$red|2,$blue|5" }, 'a tenant\'s changes are streamed, of its own rows');
published('plain', 'TRUNCATE shop.bare');
rows_are($outside, { bare => 'SELECT 0' }, 'truncated');
$outside->do('DROP SUBSCRIPTION plain');

# A row filter holds for the first copy and for the stream.
$outside->do('TRUNCATE shop.items');
$outside->do("CREATE SUBSCRIPTION filtered CONNECTION \$\$$seeing_all\$\$ PUBLICATION of_blue");
$plain->wait_for_subscription_sync($publisher, 'filtered');
rows_are($outside, { items => "$blue|1,$blue|2" }, 'one tenant\'s rows');
published('filtered', "INSERT INTO shop.items VALUES ('$red', 5, 'five'), ('$blue', 6, 'six')", "UPDATE shop.items SET name = 'x'");
rows_are($outside, { items => "$blue|1,$blue|2,$blue|6" }, 'and its changes');
$outside->do('DROP SUBSCRIPTION filtered');

# In, to protected tables.
my $protected = tenant_node('protected');
create_shop($protected);
$protected->safe_psql('postgres', qq{
	SET row_security = off;
	DELETE FROM shop.items;
	SET SESSION AUTHORIZATION shop_owner;
	$tables
});
$root->do("DELETE FROM shop.items WHERE id > 3; DELETE FROM shop.bare; INSERT INTO shop.bare VALUES ('$blue', 1), ('$red', 2)");
my $admin = superuser($protected);
$admin->do('SET row_security = off');
# From 16 on a subscription writes as the owner of the table, whom policies bind here, unless it is told otherwise.
my $is_later = $publisher->pg_version >= 16;
my $as_itself = $is_later ? 'run_as_owner = true' : 'copy_data = true';
$admin->do("CREATE SUBSCRIPTION arriving CONNECTION \$\$$seeing_all\$\$ PUBLICATION everything WITH ($as_itself)");
$protected->wait_for_subscription_sync($publisher, 'arriving');
my %arrived = (items => "$blue|1,$blue|2,$red|3", orders => "$red|3,$blue|7", bare => "$blue|1,$red|2");
rows_are($admin, \%arrived, 'all tenants\' rows have arrived');
is_answer($admin, 'SELECT count(*) FROM tenant.check() WHERE code = $$subscription$$', '0', 'check() finds nothing wrong with it');
my %session = map { $_ => session($protected, tenant => $_) } $blue, $red;
rows_are($session{$blue}, { items => "$blue|1,$blue|2", orders => "$blue|7", bare => "$blue|1" }, 'a tenant sees its own');
published('arriving', "UPDATE shop.items SET name = 'changed'", "INSERT INTO shop.orders VALUES ('$blue', 8, 8), ('$red', 9, 9)", 'DELETE FROM shop.bare');
rows_are($session{$red}, { items => "$red|3", orders => "$red|3,$red|9", bare => 'SELECT 0' }, 'and another one its own, of what was streamed');
is_answer($session{$red}, "SELECT DISTINCT name FROM shop.items", 'changed', 'with what has changed');

# By a subscription that policies bind nothing is written, for any tenant.
$admin->do($is_later ? 'ALTER SUBSCRIPTION arriving SET (run_as_owner = false)'
	: 'CREATE ROLE bound LOGIN SUPERUSER IN ROLE app; ALTER SUBSCRIPTION arriving OWNER TO bound; ALTER ROLE bound NOSUPERUSER');
is_answer($admin, 'SELECT count(DISTINCT object), count(*) FROM tenant.check() WHERE code = $$subscription$$', '1|3', 'check() says that it is bound');
my $before = -s $protected->logfile;
$root->do("INSERT INTO shop.items VALUES ('$blue', 20, 'twenty'), ('$red', 21, 'twenty-one')");
ok($protected->wait_for_log(qr/cannot replicate into relation with row-level security enabled: "items"/, $before), 'the server refuses it');
rows_are($admin, { items => $arrived{items} }, 'neither tenant has a row more');
# What check() says mends it.
my ($fix) = map { $_->[0] } @{ $admin->query('SELECT DISTINCT fix FROM tenant.check() WHERE code = $$subscription$$')->{rows} };
$admin->do($fix);
$publisher->wait_for_catchup('arriving');
rows_are($admin, { items => "$arrived{items},$blue|20,$red|21" }, 'check()\'s command lets it go on');

done_testing();
