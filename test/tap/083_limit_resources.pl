# Ceilings on memory and parallel workers: however a session sets them, whatever runs the query. What is sorted here
# fits into the session's memory, and not below the ceiling: the server tells its client of temporary files, one of the
# function's rows and one of the sort.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use TenantTest;
use Test::More;

my ($blue, $red) = (BLUE, RED);
my $node = tenant_node('resources', 'max_connections = 20', 'max_worker_processes = 16', 'max_parallel_workers = 12', 'log_temp_files = 0', "work_mem = '64MB'",
	'min_parallel_table_scan_size = 0', 'min_parallel_index_scan_size = 0', 'parallel_setup_cost = 0', 'parallel_tuple_cost = 0', 'max_parallel_workers_per_gather = 4',
	'parallel_leader_participation = off', 'client_min_messages = log', 'log_min_messages = warning', 'jit = off');
create_shop($node);
my $sort = 'SELECT i FROM generate_series(1, 30000) i ORDER BY hashint4(i)';
my $count = "SELECT count(*) FROM ($sort OFFSET 1) s";
$node->safe_psql('postgres', qq{
	CREATE TABLE plain AS SELECT i, i % 1000 AS k, repeat('x', 40) AS padding FROM generate_series(1, 30000) i;
	ALTER TABLE plain SET (parallel_workers = 4);
	ANALYZE plain;
	SELECT tenant.share('plain');
	GRANT SELECT ON plain TO app;
	CREATE ROLE eager LOGIN;
	ALTER ROLE eager SET work_mem = '512MB';
	GRANT SELECT ON plain TO eager;
	CREATE FUNCTION sorted() RETURNS bigint LANGUAGE plpgsql AS \$\$ BEGIN RETURN (SELECT count(*) FROM ($sort OFFSET 1) s); END \$\$;
	CREATE FUNCTION sorted_in_plenty() RETURNS bigint LANGUAGE plpgsql SET work_mem = '256MB' AS \$\$ BEGIN RETURN (SELECT count(*) FROM ($sort OFFSET 1) s); END \$\$;
	CREATE FUNCTION sorted_for_nobody() RETURNS bigint LANGUAGE plpgsql AS \$\$ BEGIN PERFORM set_config('app.tenant_id', '', true); RETURN sorted(); END \$\$;
	CREATE PROCEDURE sorting() LANGUAGE plpgsql AS \$\$ BEGIN PERFORM sorted(); COMMIT; SET work_mem = '300MB'; PERFORM sorted(); ROLLBACK; PERFORM sorted(); END \$\$;
	CREATE FUNCTION failing() RETURNS int LANGUAGE plpgsql AS \$\$
	BEGIN
		BEGIN
			PERFORM set_config('work_mem', '200MB', true), sorted();
			RAISE division_by_zero;
		EXCEPTION WHEN division_by_zero THEN
			PERFORM sorted();
		END;
		RETURN 1;
	END \$\$;
});
my $owner = session($node, user => 'shop_owner');

sub configure { limit_tenant($owner, @_); return; }

# How many temporary files a statement has had.
sub files { my ($result) = @_; die $result->{message} if defined $result->{sqlstate}; return scalar grep { $_->{M} =~ /^temporary file/ } @{ $result->{notices} }; }
sub spills { my ($session, $sql) = @_; return files($session->query($sql)); }
sub is_lowered { my ($session, $sql, $name) = @_; local $Test::Builder::Level = $Test::Builder::Level + 1; cmp_ok(spills($session, $sql), '>', 0, $name); return; }
sub is_free { my ($session, $sql, $name) = @_; local $Test::Builder::Level = $Test::Builder::Level + 1; is(spills($session, $sql), 0, $name); return; }
sub told { my ($session, $sql) = @_; return join "\n", map { $_->[0] } @{ $session->query($sql)->{rows} }; }

my $app = session($node, tenant => $blue);
is_free($app, $count, 'memory is as the session has set it');
$app->parse('early', $sort);
$app->sync;
configure($blue, '"work_mem": "1MB"');
is_lowered($app, $count, 'and lower than that from the next statement on');
is_answer($app, 'SHOW work_mem', '64MB', 'SHOW knows nothing of it');
is_free(session($node, tenant => $red), $count, 'nor other tenants');

# However it is set.
$app->do(q{SET work_mem = '128MB'});
is_lowered($app, $count, 'SET');
is_answer($app, 'SHOW work_mem', '128MB', 'is what it is shown as');
$app->do(q{BEGIN; SET LOCAL work_mem = '256MB'});
is_lowered($app, $count, 'SET LOCAL');
$app->do('ROLLBACK');
is_answer($app, 'SHOW work_mem', '128MB', 'and rolled back');
is_lowered($app, $count, 'it is as low');
is_lowered($app, "SELECT set_config('work_mem', '1GB', false), (SELECT count(*) FROM ($sort OFFSET length(current_setting('work_mem')) - 3) s)", 'set_config() in the same statement');
is_answer($app, 'SHOW work_mem', '1GB', 'is what it is shown as');
is_lowered($app, 'SELECT sorted_in_plenty()', 'SET clauses of functions');
is_lowered($app, 'SELECT sorted()', 'what functions run');
is_lowered($app, 'BEGIN; SELECT sorted_for_nobody(); ROLLBACK', 'also for another tenant, or none');
is(spills($app, 'CALL sorting()'), 6, 'procedures that commit and roll back');
is(spills($app, 'SELECT failing()'), 4, 'blocks that fail');
is_lowered(session($node, tenant => $blue, user => 'eager'), $count, 'ALTER ROLE SET');
is_lowered(session($node, options => "-c work_mem=512MB -c app.tenant_id=$blue"), $count, 'options of a connection');
$app->do('RESET work_mem');
is_answer($app, 'SHOW work_mem', '64MB', 'RESET brings the former value back');
is_answer($app, 'SELECT 1 / 0', '22012', 'an error');
is_lowered($app, $count, 'changes nothing');
$app->do(q{SET work_mem = '64kB'});
configure($blue, '"work_mem": "64MB"');
is_lowered($app, $count, 'a session may have less');
$app->do('RESET work_mem');
is_free($app, $count, 'and as much as that');
configure($blue, '"work_mem": "0kB"');
is_free($app, $count, 'zero is no limit');
configure($blue, '"work_mem": "1MB"');

# Whatever runs it.
$app->bind('p', 'early');
$app->execute('p', 10);
$app->execute('p', 0);
cmp_ok(files($app->sync), '>', 0, 'a prepared statement, fetched in pieces');
is_lowered($app, "BEGIN; DECLARE c CURSOR FOR $sort; FETCH 5 FROM c; CLOSE c; COMMIT", 'a cursor');
is_lowered($app, "BEGIN; DECLARE c CURSOR WITH HOLD FOR $sort; COMMIT; CLOSE c", 'one that is kept');
is_lowered($app, "COPY ($sort) TO STDOUT", 'COPY');
is_lowered($app, "EXPLAIN ANALYZE $sort", 'EXPLAIN');
is_lowered($app, "CREATE TEMP TABLE made AS $sort", 'CREATE TABLE AS');
is_lowered($app, "DO 'BEGIN PERFORM sorted(); END'", 'DO');
$app->do('BEGIN');
$app->parse('', $sort);
$app->bind('q', '');
$app->execute('q', 10);
my $first = files($app->sync);
$app->do("SET app.tenant_id = ''");
is_free($app, $count, 'without a tenant there is no ceiling');
$app->do('ROLLBACK');
$app->do("SET app.tenant_id = '$red'");
is_free($app, $count, 'nor with another');
$app->do("SET app.tenant_id = '$blue'");
my $admin = superuser($node);
$admin->do("SET app.tenant_id = '$blue'");
is_lowered($admin, $count, 'superusers have it');
$admin->do('SET row_security = off');
is_free($admin, $count, 'but for those that see all tenants');

# Hashes: the factor has no way out.
my $hash = 'SELECT count(*) FROM (SELECT DISTINCT i FROM plain) s';
$app->do(q{SET work_mem = '64MB'; SET hash_mem_multiplier = 1000; SET enable_sort = off; SET max_parallel_workers_per_gather = 0});
is_lowered($app, $hash, 'hash_mem_multiplier');
is_answer($app, 'SHOW hash_mem_multiplier', '1000', 'which is shown as it was set');
$app->do(q{SET work_mem = '1MB'; SET hash_mem_multiplier = 64});
configure($blue, '"work_mem": "64MB"');
is_free($app, $hash, 'below the ceiling it is as it is');
$app->do('RESET work_mem; RESET hash_mem_multiplier; RESET enable_sort; RESET max_parallel_workers_per_gather');

# Parallel workers keep to it, also where their session has set nothing.
configure($blue, '"work_mem": "64kB"');
my $parallel = 'SELECT count(*) FROM (SELECT * FROM plain ORDER BY padding, i OFFSET 1) s';
like(told($app, "EXPLAIN (ANALYZE, COSTS OFF) $parallel"), qr/Workers Launched: [1-4].*Sort Method: external merge/s, 'workers have as little memory');
$app->do('SET work_mem = DEFAULT');
$app->do(q{SET work_mem = '512MB'});
like(told($app, "EXPLAIN (ANALYZE, COSTS OFF) $parallel"), qr/Workers Launched: [1-4].*Sort Method: external merge/s, 'whatever their session has');
$app->do('RESET work_mem');

# How many there are.
configure($blue, '');
my $scan = 'SELECT count(*) FROM plain';
like(told($app, "EXPLAIN $scan"), qr/Workers Planned: 4/, 'as many as the session has set');
$app->do("PREPARE counted AS $scan; PREPARE merging AS SELECT * FROM plain ORDER BY i");
$app->do('EXECUTE counted; EXECUTE merging');
configure($blue, '"parallel_workers": 3');
like(told($app, "EXPLAIN $scan"), qr/Workers Planned: 3/, 'and no more than may be');
like(told($app, 'EXPLAIN (ANALYZE, COSTS OFF) EXECUTE counted'), qr/Workers Planned: 3\n\s+Workers Launched: [0-3]$/m, 'plans that were made before');
like(told($app, 'EXPLAIN (ANALYZE, COSTS OFF) EXECUTE merging'), qr/Workers Planned: 3\n\s+Workers Launched: [0-3]$/m, 'those that keep an order');
$app->do('SET max_parallel_workers_per_gather = 8');
like(told($app, "EXPLAIN $scan"), qr/Workers Planned: 3/, 'whatever is set');
is_answer($app, 'SHOW max_parallel_workers_per_gather', '8', 'and shown');
$app->do('SET max_parallel_workers_per_gather = 2');
like(told($app, "EXPLAIN $scan"), qr/Workers Planned: 2/, 'a session may have fewer');
$app->do('RESET max_parallel_workers_per_gather');
configure($blue, '"parallel_workers": 0');
unlike(told($app, "EXPLAIN $scan"), qr/Gather/, 'zero is none');
like(told($app, 'EXPLAIN (ANALYZE, COSTS OFF) EXECUTE counted'), qr/Workers Planned: 0\n\s+Workers Launched: 0$/m, 'also of plans that were made before');
like(told($app, 'EXPLAIN (ANALYZE, COSTS OFF) EXECUTE merging'), qr/Workers Launched: 0$/m, 'and keep an order');
is_answer($app, 'EXECUTE counted', '30000', 'which find the same');
is(scalar @{ $app->query('EXECUTE merging')->{rows} }, 30000, 'all of it');
configure($blue, '"parallel_workers": -1');
like(told($app, 'EXPLAIN (ANALYZE, COSTS OFF) EXECUTE counted'), qr/Workers Planned: 4/, 'less than zero is no limit; the plan is as it was');

# A plan is made, or started, for the tenant that is set now, whoever's statement came before.
configure($blue, '"parallel_workers": 0');
$admin->do(q{LOAD 'auto_explain'; SET auto_explain.log_min_duration = 0; SET row_security = on});
sub plans { my ($result) = @_; return join "\n", map { $_->{M} } @{ $result->{notices} }; }
$admin->do("SET app.tenant_id = '$red'");
like(plans($admin->query($scan)), qr/Workers Planned: 4/, 'a plan for one tenant');
$admin->do("SET app.tenant_id = '$blue'");
my $plan = plans($admin->query($scan));
like($plan, qr/Seq Scan/, 'is another');
unlike($plan, qr/Gather/, 'for the next');
$admin->do("SET app.tenant_id = '$red'");
$admin->parse('scan', $scan);
sub run_prepared { $admin->bind('', 'scan'); $admin->execute('', 0); return plans($admin->sync); }
like(run_prepared(), qr/Workers Planned: 4/, 'a plan that is kept');
$admin->do("SET app.tenant_id = '$blue'");
like(run_prepared(), qr/Workers Planned: 0/, 'is lowered as it is started');
$admin->do("SET app.tenant_id = '$red'");
like(run_prepared(), qr/Workers Planned: 4/, 'each time');
$admin->do("SET auto_explain.log_min_duration = -1; SET app.tenant_id = '$blue'");

is_answer($owner, qq{SELECT tenant.set_config('$blue', '{"limits": {"work_mem": "$_"}}')}, '22023', "$_ is no memory") for 'much', '-1MB', '1', '64 s';
is_answer($owner, qq{SELECT tenant.set_config('$blue', '{"limits": {"parallel_workers": $_}}')}, '22023', "$_ is no number of workers") for '-2', '1.5', '"2"';

# An index is made in memory of its own kind.
$admin->do(q{SET maintenance_work_mem = '256MB'; SET max_parallel_maintenance_workers = 0});
configure($blue, '"work_mem": "1GB"');
is_free($admin, 'CREATE INDEX ON plain (padding, i)', 'an index is made in memory');
configure($blue, '"maintenance_work_mem": "1MB"');
is_lowered($admin, 'CREATE INDEX ON plain (padding, i)', 'which has a ceiling, too');
is_answer($admin, 'SHOW maintenance_work_mem', '256MB', 'and is shown as it was set');
$admin->do(q{SET max_parallel_maintenance_workers = 4; RESET maintenance_work_mem});
configure($blue, '"maintenance_work_mem": "1MB", "parallel_workers": 1');
$admin->do("SET client_min_messages = debug1");
my $notices = join "\n", map { $_->{M} } @{ $admin->query('CREATE INDEX ON plain (padding, k, i)')->{notices} };
like($notices, qr/with request for 1 parallel worker/, 'workers that make it are as few');

done_testing();
