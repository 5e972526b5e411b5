# The extension's own life: it cannot be dropped from under protected tables, can come back, and lives in several
# databases of a server without mixing them.
use strict;
use warnings;

use TenantTest;
use Test::More;

my ($blue, $red) = (BLUE, RED);
my $read = 'SELECT id FROM shop.items ORDER BY id';
my $node = tenant_node('main');
create_shop($node);
my $root = superuser($node);

# While a table is protected, whatever isolates it stays.
for my $sql ('DROP EXTENSION pg_tenant', 'DROP EXTENSION pg_tenant RESTRICT', 'DROP SCHEMA tenant',
	'DROP FUNCTION tenant.current_uuid()', 'DROP FUNCTION tenant.current_uuid() CASCADE',
	'DROP FUNCTION tenant.announce_change() CASCADE', 'DROP TABLE tenant.tenants CASCADE',
	'DROP EVENT TRIGGER tenant_protect_new_parts', 'DROP TYPE tenant.bucket_0')
{
	is_answer($root, $sql, '2BP01', "$sql is refused");
}
is_answer($root, 'ALTER EXTENSION pg_tenant SET SCHEMA public', '0A000', 'its schema is fixed');
is_answer(session($node, user => 'shop_owner'), 'DROP EXTENSION pg_tenant', '42501', 'a table owner does not drop it');
is_answer(session($node), 'DROP EXTENSION pg_tenant', '42501', 'nor anybody else');
is_answer(session($node, tenant => $blue), $read, '1,2', 'isolation has lived through it');
is_answer(session($node), $read, 'TN001', 'and refuses who has no tenant');

# Where it is not, the library still is.
$node->safe_psql('postgres', 'CREATE DATABASE empty');
is_answer(superuser($node, 'empty'), 'DROP EXTENSION IF EXISTS pg_tenant CASCADE', 'DROP EXTENSION', 'nothing to drop');
is_answer(superuser($node, 'empty'), 'CREATE SCHEMA tenant; DROP EXTENSION IF EXISTS pg_tenant CASCADE', 'DROP EXTENSION', 'nor in a schema of that name');

# Another database of the server, where the roles are there already.
$node->safe_psql('postgres', 'CREATE DATABASE other');
create_shop($node, 'other');
pass('CREATE EXTENSION in another database');
my $other_owner = session($node, dbname => 'other', user => 'shop_owner');
my $here = session($node, tenant => $red);
my $there = session($node, dbname => 'other', tenant => $red);
is_answer($_, $read, '3', 'a session of the same tenant in each') for $here, $there;
$other_owner->do("SELECT tenant.suspend('$red')");
is_answer($here, $read, '3', 'a suspension in the other database is none here');
is_answer($there, $read, 'TN003', 'but there');
$other_owner->do("SELECT tenant.provision('" . NOBODY . "')");
is_answer(session($node, tenant => NOBODY), $read, 'TN002', "another database's tenant is none here");
is_answer(session($node, dbname => 'other', tenant => NOBODY), $read, 'SELECT 0', 'but there');
$other_owner->do("SELECT tenant.unprotect('shop.items')");
is_answer($here, $read, '3', 'a table of the same name that is opened there stays protected here');
is_answer(session($node, dbname => 'other'), $read, '1,2,3', 'and is open there');
$node->safe_psql('postgres', 'CREATE DATABASE strict');
$node->safe_psql('strict', 'ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC');
create_shop($node, 'strict');
is_answer(session($node, dbname => 'strict', tenant => $red), 'SELECT tenant.current_uuid()', $red, 'where functions are nobody\'s by default');
is_answer(session($node, dbname => 'strict', tenant => $red), "SELECT tenant.provision('x')", '42501', 'only those for everybody are open');
$node->safe_psql('postgres', 'CREATE DATABASE bare');
is_answer(session($node, dbname => 'bare', tenant => $red), 'SELECT 1', '1', 'a database without the extension');
$node->safe_psql('bare', 'CREATE TABLE plain AS SELECT 1 AS id; GRANT SELECT ON plain TO app');
is_answer(session($node, dbname => 'bare'), 'SELECT * FROM plain', '1', 'whose tables nobody protects');
is_answer(session($node, dbname => 'bare', user => 'shop_owner'), 'CREATE EXTENSION pg_tenant', '42501',
	'only a superuser creates the extension');

# A database made from another one as its template.
undef $_ for $here, $there;
$node->safe_psql('postgres', q{SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'other'});
$node->poll_query_until('postgres', q{SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = 'other')});
$node->safe_psql('other', q{SET SESSION AUTHORIZATION shop_owner; SELECT tenant.protect('shop.items')});
$node->safe_psql('postgres', 'CREATE DATABASE twin TEMPLATE other');
is_answer(session($node, dbname => 'twin', tenant => $blue), $read, '1,2', 'a copy of a database isolates');
is_answer(session($node, dbname => 'twin', tenant => $red), $read, 'TN003', 'with its tenants');
is_answer(session($node, dbname => 'twin'), $read, 'TN001', 'and refuses who has none');
session($node, dbname => 'twin', user => 'shop_owner')->do("SELECT tenant.resume('$red')");
is_answer(session($node, dbname => 'twin', tenant => $red), $read, '3', 'a change in the copy');
is_answer(session($node, dbname => 'other', tenant => $red), $read, 'TN003', 'is none in the original');

# With CASCADE too, foreign keys that the extension checks stay.
$node->safe_psql('twin', q{SET SESSION AUTHORIZATION shop_owner;
	CREATE TABLE shop.albums (id int PRIMARY KEY, tenant_id uuid);
	CREATE TABLE shop.photos (id int, tenant_id uuid, album int REFERENCES shop.albums);
	SELECT tenant.protect('shop.albums'), tenant.protect('shop.photos')});
my $keys = q{SELECT count(DISTINCT c.oid), count(*) FROM pg_constraint c JOIN pg_trigger t ON t.tgconstraint = c.oid WHERE conname = 'photos_album_fkey'};
is($node->safe_psql('twin', $keys), '1|6', 'a key with two checks');
is_answer(superuser($node, 'twin'), q{BEGIN; DROP EXTENSION pg_tenant CASCADE; ROLLBACK}, 'ROLLBACK', 'DROP EXTENSION CASCADE');
is_answer(superuser($node, 'twin'), q{BEGIN; SET LOCAL row_security = off; DELETE FROM shop.photos; DROP EXTENSION pg_tenant CASCADE; COMMIT}, 'COMMIT',
	'also after writes for all tenants, whose trail it takes');
is($node->safe_psql('twin', $keys), '1|4', 'leaves the key without them');

# Dropped once nothing is protected, and created again, while sessions are open that know all of it.
my $owner = session($node, user => 'shop_owner', tenant => $blue);
my $app = session($node, tenant => $blue);
is_answer($owner, $read, '1,2', 'an open session of the owner');
is_answer($app, $read, '1,2', 'and of a role');
$owner->do("SELECT tenant.unprotect('shop.items')");
is_answer($root, 'DROP EXTENSION pg_tenant', 'DROP EXTENSION', 'with no table protected it can be dropped');
is_answer($app, $read, '1,2,3', 'columns and rows are still there');
is_answer($app, "INSERT INTO shop.items VALUES ('$red', 9, 'nine')", 'INSERT 0 1', 'and the table is an ordinary one');
is_answer($app, 'SELECT tenant.current_id()', '42883', 'the functions are gone');
is_answer(superuser($node, 'other'), q{SELECT count(*) FROM pg_extension WHERE extname = 'pg_tenant'}, '1', 'the other database has its own');
is_answer(session($node, dbname => 'other', tenant => $blue), $read, '1,2', 'which isolates');
is_answer($root, 'CREATE EXTENSION pg_tenant', 'CREATE EXTENSION', 'it can be created again');
is_answer($root, 'SELECT count(*) FROM tenant.tenants', '0', 'with an empty registry');
is_answer($owner, "SELECT tenant.protect('shop.items')", '', 'the table is protected again');
is_answer($app, $read, 'TN002', 'an open session forgets the tenant that it knew');
is_answer($owner, "SELECT status FROM tenant.provision('$blue')", 'active', 'provisioned again');
is_answer($app, $read, '1,2', 'it is known');
is_answer($owner, "SELECT status FROM tenant.suspend('$blue')", 'suspended', 'and suspended');
is_answer($app, $read, 'TN003', 'the open session hears of it');

# The extension is created where the library is not preloaded, too.
$node->append_conf('postgresql.conf', "shared_preload_libraries = ''");
$node->restart;
$node->safe_psql('postgres', 'CREATE DATABASE unloaded');
create_shop($node, 'unloaded');
is_answer(session($node, dbname => 'unloaded', tenant => $blue), $read, '1,2', 'created and used without preloading');
is_answer(superuser($node, 'unloaded'), 'DROP EXTENSION pg_tenant', '2BP01', 'nor can it be dropped there');

done_testing();
