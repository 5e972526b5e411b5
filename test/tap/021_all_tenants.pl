# Statements that see all tenants leave a line in the server's log, and are counted, on standbys too.
use strict;
use warnings;

use TenantTest;
use PostgreSQL::Test::Utils;
use Test::More;

my ($blue, $red) = (BLUE, RED);
my $node = tenant_node('main', 'log_statement = none');
create_shop($node);
my $count = 'SELECT statements FROM tenant.stat_all_tenants()';

# The lines since the last call; an earlier run may have left some.
my %read_to = ($node->name => -s $node->logfile);
sub lines
{
	my ($server) = @_;
	my $log = PostgreSQL::Test::Utils::slurp_file($server->logfile, $read_to{ $server->name } // 0);
	$read_to{ $server->name } += length $log;
	unlike($log, qr/STATEMENT:|CONTEXT:|three/, 'no statement, no value');
	return $log =~ /LOG: +(all tenants are seen .*)$/mg;
}

# What a session of the superuser does, how many statements that is, and how many lines.
sub is_noted
{
	my ($name, $statements, $lines, @commands) = @_;
	my $before = $node->safe_psql('postgres', $count);
	lines($node);
	my $root = superuser($node);
	for my $command (@commands)
	{
		my $result = $root->query($command);
		is($result->{sqlstate}, undef, "$name: $command") or diag($result->{message});
	}
	$root->close;
	is($node->safe_psql('postgres', $count) - $before, $statements, "$name: counted");
	my @lines = lines($node);
	is(scalar @lines, $lines, "$name: logged") or diag(join "\n", @lines);
	return;
}

is($node->safe_psql('postgres', 'SELECT last_at IS NULL FROM tenant.stat_all_tenants()'), 't', 'none yet');
is_noted('a session', 3, 1, 'SET row_security = off', 'SELECT count(*) FROM shop.items', 'TABLE shop.items',
	"SELECT name FROM shop.items WHERE name = 'three'");
is_noted('confined', 0, 0, "SET app.tenant_id = '$blue'", 'TABLE shop.items', "UPDATE shop.items SET name = 'three'");
is_noted('nothing protected', 0, 0, 'SET row_security = off', 'SELECT count(*) FROM pg_class', 'TABLE tenant.tenants');
is_noted('EXPLAIN', 1, 1, 'SET row_security = off', 'EXPLAIN TABLE shop.items', 'EXPLAIN ANALYZE TABLE shop.items');
is_noted('statements', 3, 3, 'SET row_security = off', 'SET pg_tenant.log_all_tenants = statement', 'TABLE shop.items',
	"BEGIN; INSERT INTO shop.items VALUES ('$red', 4, 'three'); ROLLBACK", 'BEGIN; TRUNCATE shop.items; ROLLBACK');
is_noted('none', 1, 0, 'SET row_security = off', 'SET pg_tenant.log_all_tenants = off', 'TABLE shop.items');
is_noted('functions', 2, 1, 'SET row_security = off', q{DO 'BEGIN PERFORM * FROM shop.items; PERFORM * FROM shop.items; END'});
is_noted('cursors', 1, 1, 'SET row_security = off', 'BEGIN', 'DECLARE c CURSOR FOR TABLE shop.items', 'FETCH 1 FROM c', 'FETCH 1 FROM c');
is_noted('not confined at all', 1, 1, 'SET pg_tenant.confine_bypass_roles = off', 'TABLE shop.items');
is_noted('protect()', 0, 0, 'CREATE TABLE shop.late (tenant_id uuid, id int)', "INSERT INTO shop.late VALUES ('$blue', 1)",
	q{SELECT tenant.protect('shop.late')}, q{SELECT tenant.protect('shop.items', register => true)});
is_noted('a materialized view', 2, 1, 'SET row_security = off', 'CREATE MATERIALIZED VIEW shop.names AS SELECT * FROM shop.items',
	'REFRESH MATERIALIZED VIEW shop.names');
is_noted('parallel workers', 1, 1, 'SET row_security = off', 'SET force_parallel_mode = on', 'SET parallel_setup_cost = 0',
	'SELECT count(*) FROM shop.items') if $node->pg_version < 16;

# pg_dump copies tables, which passes no executor, and is one line.
lines($node);
my $before = $node->safe_psql('postgres', $count);
$node->command_ok([ 'pg_dump', '-f', PostgreSQL::Test::Utils::tempdir() . '/dump', 'postgres' ], 'pg_dump');
cmp_ok($node->safe_psql('postgres', $count) - $before, '>=', 2, 'each table that it copies is counted');
my @lines = lines($node);
is(scalar @lines, 1, 'and the log has one line');
my $name = $TenantTest::name;
like($lines[0], qr/^all tenants are seen by role "\Q$name\E" in shop\.\w+, application "021_all_tenants.pl"$/, 'that says who');
$node->safe_psql('postgres', "SET row_security = off; COPY shop.items FROM STDIN;\n$red\t5\tfive\n\\.\n");
is(scalar lines($node), 1, 'COPY FROM');

# Who may know.
is_answer(session($node), $count, '42501', 'not everybody may read the count');
is_answer(session($node, user => 'shop_owner'), "$count WHERE statements < 0", 'SELECT 0', 'an admin may');
is_answer(session($node), 'SET pg_tenant.log_all_tenants = off', '42501', 'nor switch the log off');

# A standby has a count and a log of its own.
$node->backup('backup');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($node, 'backup', has_streaming => 1);
$standby->start;
$node->wait_for_catchup($standby);
is($standby->safe_psql('postgres', $count), 0, 'nothing on the standby yet');
$read_to{ $standby->name } = -s $standby->logfile;
is($standby->safe_psql('postgres', "SET row_security = off; SELECT count(*) > 2 FROM shop.items; $count"), "t\n1", 'counted on the standby');
is(scalar lines($standby), 1, 'and logged');
$standby->stop;

# Without preloading there is a log, and no count.
$node->append_conf('postgresql.conf', "shared_preload_libraries = ''\nsession_preload_libraries = 'pg_tenant'\n");
$node->restart;
is_answer(superuser($node), $count, '55000', 'no count without preloading');
$read_to{ $node->name } = -s $node->logfile;
$node->safe_psql('postgres', 'SET row_security = off; SELECT count(*) FROM shop.items');
is(scalar lines($node), 1, 'but a line in the log');

done_testing();
