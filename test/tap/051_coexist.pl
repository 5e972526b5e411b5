# Extensions that hook the same points, in every pairwise order with pg_tenant and with each other: tenants are kept
# apart, and each extension still does its own work.
use strict;
use warnings;

use PostgreSQL::Test::Utils;
use TenantTest;
use Test::More;

my ($blue, $red) = (BLUE, RED);
my @others = qw(pg_stat_statements auto_explain pgaudit pg_cron set_user hypopg plpgsql_check pg_qualstats);
my $node = tenant_node('main', 'autovacuum = off', 'max_worker_processes = 20', 'jit = off');
create_shop($node);
my $root_name = superuser($node)->answer('SELECT current_user');

# Not packaged for every major; where it is, test/harness/setup has installed it.
if (superuser($node)->answer("SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_hint_plan'") eq '1')
{
	push @others, 'pg_hint_plan';
}
else { note('skipped: pg_hint_plan, which is not installed'); }
note("pg_tenant and @others");

$node->append_conf('postgresql.conf', $_) for
  'auto_explain.log_min_duration = 0', 'auto_explain.log_nested_statements = on', "pgaudit.log = 'read, write, ddl'",
  'cron.use_background_workers = on', 'pg_qualstats.sample_rate = 1', 'pg_stat_statements.track = all',
  "set_user.superuser_allowlist = 'app'";

sub restart_with
{
	$node->append_conf('postgresql.conf', "shared_preload_libraries = '@{[join ', ', @_]}'");
	$node->restart;
	return;
}

restart_with('pg_tenant', @others);
my $root = superuser($node);
$root->do($_) for
  (map { "CREATE EXTENSION $_" } grep { $_ ne 'auto_explain' } @others),
  'GRANT EXECUTE ON FUNCTION set_user(text), set_user_u(text), reset_user() TO app',
  'GRANT app TO shop_owner',
  'CREATE VIEW shop.seen AS SELECT * FROM shop.items; GRANT SELECT ON shop.seen TO app',
  q{CREATE FUNCTION shop.wrong() RETURNS bigint LANGUAGE plpgsql AS 'BEGIN RETURN (SELECT nothing FROM shop.items); END'},
  q{CREATE FUNCTION shop.nested() RETURNS bigint LANGUAGE plpgsql AS 'BEGIN RETURN (SELECT count(*) FROM shop.items); END'},
  'CREATE TABLE shop.plain AS SELECT i AS a, i AS b FROM generate_series(1, 10000) i; ANALYZE shop.plain',
  # What a job does when the server starts, since the shortest interval is a minute.
  q{SELECT cron.schedule('confined', '@reboot', $$UPDATE shop.items SET name = 'job'$$)},
  "ALTER ROLE $root_name SET app.tenant_id = '$blue'";
$root->close;

sub tenants_are_kept_apart
{
	my ($user) = @_;
	my $session = session($node, user => $user, tenant => $blue);
	my $seen = 'SELECT id FROM shop.items ORDER BY id';
	is_answer($session, "PREPARE ids AS $seen", 'PREPARE', "$user: a statement is prepared");
	is_answer($session, $seen, '1,2', "$user: SELECT");
	is_answer($session, 'EXECUTE ids', '1,2', "$user: EXECUTE") for 1 .. 7;
	is_answer($session, 'SELECT count(*) FROM shop.seen', '2', "$user: a view of a superuser");
	is_answer($session, 'SELECT shop.nested()', '2', "$user: a function");
	is_answer($session, 'COPY shop.items (id) TO STDOUT', '1,2', "$user: COPY TO");
	is($session->copy('COPY shop.items FROM STDIN', "$red\t9\tnine\n")->{sqlstate}, '42501', "$user: COPY FROM");
	is_answer($session, "INSERT INTO shop.items VALUES ('$red', 9, 'nine')", '42501', "$user: INSERT");
	is_answer($session, 'UPDATE shop.items SET name = name', 'UPDATE 2', "$user: UPDATE");
	is_answer($session, 'BEGIN; DELETE FROM shop.items; ROLLBACK; SELECT count(*) FROM shop.items', '2', "$user: DELETE");
	is_answer($session, 'MERGE INTO shop.items USING (VALUES (1), (2), (3)) v (i) ON id = i WHEN MATCHED THEN UPDATE SET name = name', 'MERGE 2', "$user: MERGE");
	is_answer($session, 'TRUNCATE shop.items', 'TN006', "$user: TRUNCATE");
	is_answer($session, "DECLARE c CURSOR WITH HOLD FOR $seen", 'DECLARE CURSOR', "$user: a cursor is opened");
	is_answer($session, 'FETCH 1 FROM c', '1', "$user: and read");
	is_answer($session, "SET app.tenant_id = '$red'", 'SET', "$user: another tenant");
	is_answer($session, 'FETCH 1 FROM c', 'TN011', "$user: its cursor is not read");
	is_answer($session, 'EXECUTE ids', '3', "$user: EXECUTE follows") for 1 .. 7;
	is_answer($session, 'SET app.tenant_id = $$$$', 'SET', "$user: no tenant");
	is_answer($session, 'EXECUTE ids', 'TN001', "$user: EXECUTE is refused");
	is_answer($session, $seen, 'TN001', "$user: SELECT is refused");
	$session->close;
	return;
}

# The server's log since that position.
sub logged
{
	my ($from) = @_;
	return slurp_file($node->logfile, $from);
}

sub explained
{
	my ($session, $sql) = @_;
	return join "\n", map { $_->[0] } @{ $session->query("EXPLAIN $sql")->{rows} };
}

sub others_do_their_work
{
	my $app = session($node, tenant => $blue);
	my $root = superuser($node);
	my $from = -s $node->logfile;
	$root->do('SELECT pg_stat_statements_reset(), pg_qualstats_reset()');
	$app->do('SELECT name FROM shop.items WHERE id = 1') for 1 .. 5;
	is_answer($root, q{SELECT calls, rows FROM pg_stat_statements WHERE query = 'SELECT name FROM shop.items WHERE id = $1'}, '5|5', 'pg_stat_statements counts');
	my $log = logged($from);
	like($log, qr/Query Text: SELECT name FROM shop\.items WHERE id = 1\n.*Scan.* on items/, 'auto_explain logs a plan');
	like($log, qr/AUDIT: SESSION,\d+,1,READ,SELECT,,,SELECT name FROM shop\.items WHERE id = 1,/, 'pgaudit logs');
	is_answer($root, q{SELECT sum(occurences) > 0 FROM pg_qualstats WHERE lrelid = 'shop.items'::regclass}, 't', 'pg_qualstats counts');

	$from = -s $node->logfile;
	is_answer($app, q{SELECT tenant_id FROM shop.items WHERE id = 1 / 0}, '22012', 'an error');
	is_answer($app, 'CREATE TABLE shop.items ()', '42501', 'and one of a command');
	is_answer($root, 'CREATE TABLE shop.made (a int); DROP TABLE shop.made', 'DROP TABLE', 'and a command');
	like(logged($from), qr/AUDIT: SESSION,\d+,1,DDL,CREATE TABLE,TABLE,shop\.made/, 'pgaudit logs it');

	# Loaded after auto_explain, hypopg has forgotten its index when that prints the plan, also without pg_tenant.
	$root->do('SET auto_explain.log_min_duration = -1');
	unlike(explained($root, 'SELECT * FROM shop.plain WHERE a = 7'), qr/Index/, 'hypopg: without an index');
	$root->do(q{SELECT hypopg_create_index('CREATE INDEX ON shop.plain (a)')});
	like(explained($root, 'SELECT * FROM shop.plain WHERE a = 7'), qr/Index Scan using .*btree_shop_plain_a/, 'hypopg: with one that is none');
	is_answer($root, 'SELECT count(*) FROM shop.plain WHERE a = 7', '1', 'hypopg: a query does not use it');

	is_answer($root, q{SELECT sqlstate FROM plpgsql_check_function_tb('shop.wrong()') WHERE level = 'error'}, '42703', 'plpgsql_check finds the error');
	is_answer($root, q{SELECT count(*) FROM plpgsql_check_function_tb('shop.nested()')}, '0', 'and none where none is');

	is_answer($app, "SELECT set_user_u('$root_name')", 'OK', 'set_user makes it a superuser');
	is_answer($app, 'SELECT current_user, count(*) FROM shop.items', "$root_name|2", 'who is confined');
	is_answer($app, 'SELECT reset_user()', 'OK', 'and takes that back');
	is_answer($app, 'SELECT current_user, count(*) FROM shop.items', 'app|2', 'as is the other');

	if (grep { $_ eq 'pg_hint_plan' } @others)
	{
		like(explained($app, 'SELECT * FROM shop.items WHERE id = 1 /*+ BitmapScan(items) */'), qr/Bitmap Heap Scan/, 'pg_hint_plan: one hint');
		like(explained($app, 'SELECT * FROM shop.items WHERE id = 1 /*+ SeqScan(items) */'), qr/Seq Scan/, 'pg_hint_plan: another');
	}

	$node->poll_query_until('postgres', q{SELECT EXISTS (SELECT FROM cron.job_run_details WHERE status IN ('succeeded', 'failed'))})
	  or die 'the job does not run';
	is_answer($root, 'SELECT status, return_message FROM cron.job_run_details', 'succeeded|UPDATE 2', 'the job of pg_cron is confined');
	$root->do('TRUNCATE cron.job_run_details');
	return;
}

my @middle = (@others[ 0 .. 3 ], 'pg_tenant', @others[ 4 .. $#others ]);
for my $order ([ 'pg_tenant', @others ], [ reverse('pg_tenant', @others) ], [@middle], [ reverse @middle ])
{
	superuser($node)->do('TRUNCATE cron.job_run_details');
	restart_with(@$order);
	subtest "@$order" => sub {
		tenants_are_kept_apart($_) for 'app', 'shop_owner', $root_name;
		others_do_their_work();
	};
}
done_testing();
