# What drivers are told of rows that are marked rather than removed: libpq (psql), psycopg2, node-postgres, JDBC.
use strict;
use warnings;

use PostgreSQL::Test::Utils;
use TenantTest;
use Test::More;

my $blue = BLUE;
my $node = tenant_node('main');
$node->append_conf('postgresql.conf', "listen_addresses = '127.0.0.1'\n");
$node->restart;
create_shop($node);
$node->safe_psql('postgres', qq{
	SET SESSION AUTHORIZATION shop_owner;
	SET app.tenant_id = '$blue';
	INSERT INTO shop.items SELECT '$blue', i, 'item ' || i FROM generate_series(3, 20) i;
	SELECT tenant.enable_soft_delete('shop.items');
});
my @where = ('127.0.0.1', $node->port, $blue);
my $clients = "$ENV{PG_TENANT_TREE}/test/clients";
my $modules = "$ENV{TESTDIR}/node";
if (!-d "$modules/node_modules/pg")
{
	system_or_bail('npm', 'install', '--silent', '--no-audit', '--no-fund', '--prefix', $modules, 'pg@8.23.1');
}
$ENV{NODE_PATH} = "$modules/node_modules";

sub is_told
{
	my ($command, $expected, $name) = @_;
	my ($out, $err) = run_command($command);
	is($out, $expected, $name) or diag($err);
	return;
}

is_told([ 'psql', '-XAt', '-h', $where[0], '-p', $where[1], '-U', 'app', 'postgres', '-c', "SET app.tenant_id = '$blue'", '-c', 'BEGIN',
	'-c', 'DELETE FROM shop.items WHERE id <= 3', '-c', 'DELETE FROM shop.items WHERE id = 6 RETURNING id, name',
	'-c', 'DELETE FROM shop.items WHERE id = 6', '-c', 'ROLLBACK' ],
	"SET\nBEGIN\nDELETE 3\n6|item 6\nDELETE 1\nDELETE 0\nROLLBACK", 'libpq');
is_told([ 'python3', "$clients/psycopg.py", @where ],
	"plain 3 DELETE 3\nparameter 2 DELETE 2\nreturning 1 [(6, 'item 6')]\nnone 0 DELETE 0\nprepared [1, 1, 1, 1, 1, 1, 1, 1]\nleft 6", 'psycopg2');
is_told([ 'node', "$clients/node_postgres.js", @where ],
	"plain 3 DELETE\nparameter 2 DELETE\nreturning 1 [{\"id\":6,\"name\":\"item 6\"}]\nnone 0 DELETE\nprepared [1,1,1,1,1,1,1,1]\nleft 6", 'node-postgres');
is_told([ 'java', '-cp', '/usr/share/java/postgresql.jar', "$clients/Jdbc.java", @where ],
	"plain 3\nexecute 2\nreturning 6 item 6 false\nnone 0\nprepared [1, 1, 1, 1, 1, 1, 1, 1]\nbatch [1, 1, 1]\nleft 3", 'JDBC');
is($node->safe_psql('postgres', 'SET row_security = off; SELECT count(deleted_at) FROM shop.items'), '0', 'and all of it was undone');

done_testing();
