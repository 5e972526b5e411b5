# pg_tenant.new_tables however the library comes into the session, and with a dump that is restored.
use strict;
use warnings;

use TenantTest;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = tenant_node('main');
create_shop($node);
$node->safe_psql('postgres', 'CREATE ROLE plain LOGIN; GRANT USAGE, CREATE ON SCHEMA shop TO plain');

my %modes = (
	shared => "shared_preload_libraries = 'pg_tenant'\nsession_preload_libraries = ''\n",
	session => "shared_preload_libraries = ''\nsession_preload_libraries = 'pg_tenant'\n",
	none => "shared_preload_libraries = ''\nsession_preload_libraries = ''\n");
for my $mode (sort keys %modes)
{
	# The first statement of a connection, by an owner who is no tenant_admin.
	$node->append_conf('postgresql.conf', "$modes{$mode}pg_tenant.new_tables = refuse\n");
	$node->restart;
	for my $sql ('CREATE TABLE shop.open (id int)', 'CREATE TABLE shop.open AS SELECT 1 AS id', 'SELECT 1 AS id INTO shop.open',
		'CREATE MATERIALIZED VIEW shop.open AS SELECT 1 AS id')
	{
		is_answer(session($node, user => 'plain'), $sql, 'TN006', "$mode: refused: $sql");
	}
	is_answer(session($node, user => 'plain'), 'CREATE TEMP TABLE passing (id int)', 'CREATE TABLE', "$mode: a temporary table is not");
	is($node->psql('postgres', q{BEGIN; CREATE TABLE shop.kept (id int); SELECT tenant.protect('shop.kept'); COMMIT},
		extra_params => [ '-U', 'shop_owner' ], on_error_stop => 1), 0, "$mode: one that is protected is not");
	$node->append_conf('postgresql.conf', "pg_tenant.new_tables = protect\n");
	$node->restart;
	my $plain = session($node, user => 'plain');
	is_answer($plain, 'CREATE TABLE shop.born (id int)', 'CREATE TABLE', "$mode: made");
	is_answer($plain, 'SELECT * FROM shop.born', 'TN001', "$mode: and protected");
	$node->safe_psql('postgres', 'SET row_security = off; DROP TABLE shop.born, shop.kept');
}

# A restore makes tables before it protects them.
$node->append_conf('postgresql.conf', "$modes{shared}pg_tenant.new_tables = refuse\n");
$node->restart;
$node->safe_psql('postgres', 'BEGIN; CREATE TABLE shop.global (code text); SELECT tenant.share(\'shop.global\'); COMMIT');
my $folder = PostgreSQL::Test::Utils::tempdir();
$node->command_ok([ 'pg_dump', '-Fc', '-f', "$folder/custom", 'postgres' ], 'pg_dump');
$node->command_ok([ 'pg_dump', '-Fp', '-f', "$folder/plain.sql", 'postgres' ], 'pg_dump as plain SQL');
$node->safe_psql('postgres', 'CREATE DATABASE custom; CREATE DATABASE plain');
$node->command_ok([ 'pg_restore', '--exit-on-error', '-d', 'custom', "$folder/custom" ], 'pg_restore where new tables are refused');
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', 'plain', '-f', "$folder/plain.sql" ], 'and of plain SQL');
for my $database ('custom', 'plain')
{
	is($node->safe_psql($database, q{SELECT tbl FROM tenant.protected_tables}), 'shop.items', "$database: protected");
	is($node->safe_psql($database, q{SELECT relation FROM tenant.shared_tables}), 'shop.global', "$database: shared");
	is_answer(session($node, dbname => $database, user => 'shop_owner'), 'CREATE TABLE shop.open (id int)', 'TN006', "$database: new tables are refused there");
}

done_testing();
