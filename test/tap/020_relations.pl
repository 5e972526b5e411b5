# Materialized views and foreign tables: their protection needs preloading, and goes with every kind of dump.
use strict;
use warnings;

use TenantTest;
use PostgreSQL::Test::Utils;
use Test::More;

my ($blue, $red) = (BLUE, RED);
my $node = tenant_node('main');
$node->safe_psql('postgres', 'CREATE DATABASE shop');
create_shop($node, 'shop');
my ($host, $port) = ($node->host, $node->port);
my $root = superuser($node, 'shop');
$root->do($_)
  for 'SET row_security = off',
	q{CREATE MATERIALIZED VIEW shop.names AS SELECT tenant_id AS "the tenant", id, name FROM shop.items},
	'CREATE MATERIALIZED VIEW shop.other AS SELECT tenant_id, id FROM shop.items',
	'CREATE EXTENSION postgres_fdw',
	"CREATE SERVER loop FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '$host', port '$port', dbname 'shop')",
	"CREATE USER MAPPING FOR PUBLIC SERVER loop OPTIONS (user '" . $TenantTest::name . "', password_required 'false')",
	'CREATE TABLE shop.far (tenant_id uuid, id int)',
	"INSERT INTO shop.far VALUES ('$blue', 1), ('$blue', 2), ('$red', 3)",
	'CREATE FOREIGN TABLE shop.near (tenant_id uuid, id int) SERVER loop OPTIONS (schema_name \'shop\', table_name \'far\')',
	'GRANT ALL ON ALL TABLES IN SCHEMA shop TO app',
	q{SELECT tenant.protect('shop.names', 'the tenant')},
	q{SELECT tenant.protect('shop.near')};

sub isolates
{
	my ($database, @relations) = @_;
	for my $relation (@relations)
	{
		is_answer(session($node, dbname => $database, tenant => $blue), "SELECT id FROM $relation ORDER BY id", '1,2', "$database: $relation of blue");
		is_answer(session($node, dbname => $database, tenant => $red), "SELECT id FROM $relation ORDER BY id", '3', "$database: $relation of red");
		is_answer(session($node, dbname => $database), "SELECT id FROM $relation", 'TN001', "$database: $relation of nobody");
	}
	return;
}
isolates('shop', 'shop.names', 'shop.near');
my $blue_app = session($node, dbname => 'shop', tenant => $blue);
is_answer($blue_app, 'SELECT * FROM shop.other', 'TN006', 'a materialized view that is not protected');
is_answer($blue_app, "INSERT INTO shop.near VALUES ('$red', 9)", '42501', 'no row for another tenant');
is($node->safe_psql('shop', 'SELECT count(*) FROM shop.far WHERE id = 9'), 0, 'and none has stayed on its server');

# Dumps: whole, without data, of one relation.
my $folder = PostgreSQL::Test::Utils::tempdir();
$node->command_ok([ 'pg_dump', '-Fc', '-f', "$folder/whole", 'shop' ], 'pg_dump');
$node->command_ok([ 'pg_dump', '-Fc', '--schema-only', '-f', "$folder/bare", 'shop' ], 'pg_dump --schema-only');
$node->command_ok([ 'pg_dump', '-Fp', '-t', 'shop.near', '-f', "$folder/one.sql", 'shop' ], 'pg_dump -t');
for my $database ('whole', 'bare')
{
	$node->safe_psql('postgres', "CREATE DATABASE $database");
	$node->command_ok([ 'pg_restore', '--exit-on-error', '-j2', '-d', $database, "$folder/$database" ], "restore $database");
}
isolates('whole', 'shop.names', 'shop.near');
$node->safe_psql('bare', "SELECT tenant.provision('$blue'), tenant.provision('$red')");
isolates('bare', 'shop.near');
is_answer(session($node, dbname => 'bare', tenant => $blue), 'SELECT * FROM shop.names', '55000', 'bare: not filled');
is_answer(superuser($node, 'bare'), q{SELECT tbl FROM tenant.protected_tables WHERE tbl = 'shop.names'::regclass}, 'shop.names', 'bare: but protected');
$node->safe_psql('whole', 'DROP FOREIGN TABLE shop.near');
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', 'whole', '-f', "$folder/one.sql" ], 'restore one');
isolates('whole', 'shop.near');
is_answer(superuser($node, 'whole'), 'SET row_security = off; REFRESH MATERIALIZED VIEW shop.names', 'REFRESH MATERIALIZED VIEW', 'filled again');
isolates('whole', 'shop.names');

# Where not every session has the library they cannot be protected, and no restore says that they are.
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'pg_stat_statements'\nsession_preload_libraries = 'pg_tenant'\n");
$node->restart;
my $protect = q{SELECT tenant.protect('shop.other')};
is_answer(superuser($node, 'shop'), $protect, '55000', 'protect() needs preloading');
my (undef, undef, $told) = $node->psql('shop', $protect);
like($told, qr/^HINT: .*shared_preload_libraries = 'pg_stat_statements,pg_tenant'$/m, 'and says how');
isolates('shop', 'shop.names', 'shop.near');
$node->safe_psql('postgres', 'CREATE DATABASE refused');
$node->command_fails_like([ 'pg_restore', '--exit-on-error', '-d', 'refused', "$folder/bare" ],
	qr/needs pg_tenant to be loaded when the server starts/, 'nor is it restored');

done_testing();
