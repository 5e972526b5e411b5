# Libraries that hook the same points, one loaded before pg_tenant and one after it, are called as often as without it,
# whether a statement succeeds, fails or is cancelled; with protected tables both are called equally often.
use strict;
use warnings;

use PostgreSQL::Test::Utils;
use TenantTest;
use Test::More;

my ($blue, $red) = (BLUE, RED);
my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', "autovacuum = off\njit = off\n");

# pg_config would say where they were, if they had been copied with the programs.
my ($major) = `pg_config --version` =~ /(\d+)/;
my $headers = "/usr/include/postgresql/$major/server";
my %library = map { $_ => $node->basedir . "/$_" } 'chain_inner', 'chain_outer';
for my $name (sort keys %library)
{
	system_or_bail('gcc', '-O1', '-Wall', '-fPIC', '-shared', "-DNAME=$name", "-I$headers", '-o', "$library{$name}.so",
		"$ENV{PG_TENANT_TREE}/test/chain/chain.c");
}

# Hooks are called in the order opposite to that of loading: what is loaded first is the inner one.
sub restart_with
{
	my @libraries = @_;
	$node->append_conf('postgresql.conf', 'shared_preload_libraries = ' . "'" . join(', ', map { $library{$_} // $_ } @libraries) . "'\n");
	$node->restart;
	return;
}

# A library's calls since this was asked last: "entered left failed" by hook.
sub calls
{
	my ($session, $library) = @_;
	my $last = $session->{$library} // {};
	my (%now, %calls);
	for (split /\n/, $session->query("SHOW $library.calls")->{rows}[0][0])
	{
		my ($hook, @counts) = split / /;
		$now{$hook} = \@counts;
		$calls{$hook} = join ' ', map { $counts[$_] - ($last->{$hook}[$_] // 0) } 0 .. $#counts;
	}
	$session->{$library} = \%now;
	return \%calls;
}

my @plain = (
	[ 'the start', 'SELECT 1' ],
	[ 'SELECT', 'SELECT count(*), max(b) FROM plain WHERE a BETWEEN 5 AND 50' ],
	[ 'a join', "SELECT count(*) FROM (SELECT plain.b FROM plain JOIN plain p USING (a) WHERE lower(p.b) LIKE 'b%' GROUP BY 1 ORDER BY 1) s" ],
	[ 'INSERT', "INSERT INTO plain SELECT i, 'b' || i FROM generate_series(1001, 1010) i" ],
	[ 'UPDATE', 'UPDATE plain SET b = b || b WHERE a > 1000' ],
	[ 'DELETE', 'DELETE FROM plain WHERE a > 1000' ],
	[ 'MERGE', 'MERGE INTO plain USING generate_series(1, 3) g ON g = a WHEN MATCHED THEN UPDATE SET b = $$b$$ || g' ],
	[ 'a cascade', 'DELETE FROM parent WHERE a = 1' ],
	[ 'nested queries', 'SELECT nested(3)' ],
	[ 'an inlined function', 'SELECT inlined(a) FROM plain WHERE a < 10' ],
	[ 'a cursor', 'BEGIN; DECLARE c CURSOR WITH HOLD FOR SELECT * FROM plain; FETCH 3 FROM c; COMMIT; FETCH 3 FROM c; CLOSE c' ],
	[ 'a prepared statement', 'PREPARE p (int) AS SELECT b FROM plain WHERE a = $1; ' . 'EXECUTE p (3);' x 8 . 'DEALLOCATE p' ],
	[ 'COPY', 'COPY (SELECT a FROM plain WHERE a < 3) TO STDOUT' ],
	[ 'DDL', 'CREATE TABLE made (a int PRIMARY KEY); ALTER TABLE made ADD b text DEFAULT 1; CREATE TABLE made_as AS SELECT * FROM plain; DROP TABLE made, made_as' ],
	[ 'EXPLAIN', 'EXPLAIN (ANALYZE, VERBOSE) SELECT * FROM plain WHERE a < 10' ],
	[ 'an error of the parser', 'SELECT nothing FROM plain' ],
	[ 'an error of the planner', 'SELECT 1 / 0 FROM plain' ],
	[ 'an error at run time', 'SELECT 1 / (a - 5) FROM plain' ],
	[ 'an error that is caught', "DO 'BEGIN PERFORM 1 / (a - 5) FROM plain; EXCEPTION WHEN others THEN PERFORM 1; END'" ],
	[ 'an error of a command', 'CREATE TABLE plain ()' ],
	[ 'an error in a nested query', 'SELECT nested(0)' ],
	[ 'an error of a trigger', 'INSERT INTO child VALUES (-1)' ],
	[ 'an error at COMMIT', 'BEGIN; INSERT INTO deferred VALUES (-1); COMMIT' ],
	[ 'a missing privilege', 'SET ROLE nobody; SELECT * FROM plain; RESET ROLE' ],
	[ 'a setting', 'SET statement_timeout = 200' ],
	[ 'a timeout', 'SELECT pg_sleep(600)' ],
	[ 'a timeout in a nested query', q{DO 'BEGIN PERFORM pg_sleep(600); END'} ],
	[ 'a timeout in a command', 'CREATE TABLE slow AS SELECT pg_sleep(600) IS NULL AS a' ],
	[ 'another setting', 'RESET ALL' ],
	[ 'a cancel', 'SELECT pg_sleep(600)', \&cancelled ],
	[ 'a cancel in the planner', 'SELECT slow_constant()', \&cancelled ],
	[ 'a cancel in a nested query', q{DO 'BEGIN PERFORM pg_sleep(600); END'}, \&cancelled ],
	[ 'a cancel in a command', 'CREATE TABLE slow AS SELECT pg_sleep(600) IS NULL AS a', \&cancelled ],
	[ 'a cancel of a trigger', 'INSERT INTO slowly VALUES (1)', \&cancelled ],
	[ 'a cancel at COMMIT', 'BEGIN; INSERT INTO slowly VALUES (2); COMMIT', \&cancelled ],
	[ 'after all these', 'SELECT count(*) FROM plain' ],
	# At last, since pg_tenant has a superuser's plans made again when this changes.
	[ 'row_security', 'SET row_security = off; SELECT count(*) FROM plain; RESET row_security; SELECT count(*) FROM plain' ]);

$node->append_conf('postgresql.conf', "shared_preload_libraries = 'pg_tenant'\n");
$node->start;
my $root = superuser($node);
$root->do($_) for
  'CREATE TABLE plain AS SELECT i AS a, $$b$$ || i AS b FROM generate_series(1, 1000) i',
  'CREATE INDEX ON plain (a); ANALYZE plain',
  'CREATE TABLE parent (a int PRIMARY KEY)',
  'CREATE TABLE child (a int REFERENCES parent ON DELETE CASCADE)',
  'INSERT INTO parent VALUES (1); INSERT INTO child VALUES (1)',
  'CREATE TABLE deferred (a int REFERENCES parent DEFERRABLE INITIALLY DEFERRED)',
  'CREATE ROLE nobody',
  'CREATE FUNCTION nested(n int) RETURNS int LANGUAGE plpgsql AS $$BEGIN RETURN (SELECT 6 / n + count(*) FROM plain WHERE a < n); END$$',
  # The planner folds it, since it is said to be a constant.
  'CREATE FUNCTION slow_constant() RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$BEGIN PERFORM pg_sleep(600); RETURN 1; END$$',
  'CREATE FUNCTION sleep() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN PERFORM pg_sleep(600); RETURN NULL; END$$',
  'CREATE TABLE slowly (a int)',
  'CREATE TRIGGER now AFTER INSERT ON slowly FOR EACH ROW WHEN (NEW.a = 1) EXECUTE FUNCTION sleep()',
  'CREATE CONSTRAINT TRIGGER later AFTER INSERT ON slowly INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.a = 2) EXECUTE FUNCTION sleep()',
  'CREATE FUNCTION inlined(n int) RETURNS bigint LANGUAGE sql STABLE AS $$SELECT count(*) FROM plain WHERE a = n$$';
$root->close;

# Runs what sleeps, and has another session cancel it then.
sub cancelled
{
	my ($session, $sql) = @_;
	$session->send('Q', "$sql\0");
	$node->poll_query_until('postgres', "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE pid = $session->{pid} AND wait_event = 'PgSleep'")
	  or die "does not sleep: $sql";
	return $session->finish;
}

# What each statement gave, and how often each library was called for it. One may come with rows to copy, or how to run it.
sub run_statements
{
	my ($session, @statements) = @_;
	my (@answers, @calls);
	for my $statement (@statements)
	{
		my ($name, $sql, $how) = @$statement;
		push @answers, Wire::told(ref $how ? $how->($session, $sql) : defined $how ? $session->copy($sql, $how) : $session->query($sql));
		$session->query('ROLLBACK') if $session->query('SELECT 1')->{ready} ne 'I';
		push @calls, { map { $_ => calls($session, $_) } 'chain_inner', 'chain_outer' };
	}
	return (\@answers, \@calls);
}

sub run_plain
{
	my $session = superuser($node);
	# What the catalogs' caches do not hold yet is nobody's call, but plpgsql's own first time is.
	$session->do($_) for 'SELECT nested(3)', 'INSERT INTO parent VALUES (1) ON CONFLICT DO NOTHING', 'INSERT INTO child VALUES (1)';
	return run_statements($session, @plain);
}

restart_with('chain_inner', 'chain_outer');
my ($answers, $alone) = run_plain();
is((grep { /^(42703|22012|42P07|23503|42501|57014)$/ } @$answers), 17, 'what should fail fails');
my (%entered, %failed);
for my $calls (map { $_->{chain_inner} } @$alone)
{
	for my $hook (keys %$calls)
	{
		my ($entered, $left, $failed) = split / /, $calls->{$hook};
		$entered{$hook} += $entered;
		$failed{$hook} += $failed;
	}
}
is("@{[grep { $entered{$_} == 0 } sort keys %entered]}", '', 'every hook is entered');
is("@{[grep { $failed{$_} > 0 } sort keys %failed]}", 'ExecutorFinish ExecutorRun ExecutorStart ProcessUtility planner', 'these are left by errors');
for my $order ([ 'chain_inner', 'pg_tenant', 'chain_outer' ], [ 'pg_tenant', 'chain_inner', 'chain_outer' ], [ 'chain_inner', 'chain_outer', 'pg_tenant' ])
{
	restart_with(@$order);
	my ($same, $calls) = run_plain();
	for my $i (0 .. $#plain)
	{
		is($same->[$i], $answers->[$i], "@$order: $plain[$i][0]: the answer") unless $plain[$i][0] eq 'EXPLAIN';
		is_deeply($calls->[$i], $alone->[$i], "@$order: $plain[$i][0]: the calls");
	}
}
# With protected tables.
create_shop($node);
superuser($node)->do($_) for
  'CREATE FUNCTION shop.count_items() RETURNS bigint LANGUAGE plpgsql AS $$BEGIN RETURN (SELECT count(*) FROM shop.items); END$$',
  'CREATE FUNCTION shop.sleep() RETURNS void LANGUAGE plpgsql AS $$BEGIN PERFORM pg_sleep(600) FROM shop.items; END$$';
session($node, user => 'shop_owner')->do(q{CREATE TABLE shop.triggered (tenant_id uuid, id int); SELECT tenant.protect('shop.triggered');
	CREATE FUNCTION shop.change() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW.id = NEW.id + 1; RETURN NEW; END$$;
	CREATE TRIGGER change BEFORE INSERT ON shop.triggered FOR EACH ROW EXECUTE FUNCTION shop.change()});
my @protected = (
	[ 'the start', 'SELECT 1' ],
	[ 'SELECT', 'SELECT count(*), max(name) FROM shop.items WHERE id BETWEEN 1 AND 50' ],
	[ 'a join', "SELECT count(*) FROM shop.items JOIN shop.items i USING (id) WHERE lower(i.name) LIKE 'o%'" ],
	[ 'INSERT', "INSERT INTO shop.items SELECT tenant.current_id(), i, 'b' || i FROM generate_series(1001, 1010) i" ],
	[ 'UPDATE', 'UPDATE shop.items SET name = name || name WHERE id > 1000' ],
	[ 'MERGE', "MERGE INTO shop.items USING generate_series(1001, 1003) g ON g = id WHEN MATCHED THEN UPDATE SET name = 'x'" ],
	[ 'DELETE', 'DELETE FROM shop.items WHERE id > 1000' ],
	[ 'nested queries', 'SELECT shop.count_items()' ],
	[ 'a cursor', 'BEGIN; DECLARE c CURSOR WITH HOLD FOR SELECT * FROM shop.items; FETCH 1 FROM c; COMMIT; FETCH 1 FROM c; CLOSE c' ],
	[ 'a prepared statement', 'PREPARE p (int) AS SELECT name FROM shop.items WHERE id = $1; ' . 'EXECUTE p (1);' x 8 . 'DEALLOCATE p' ],
	[ 'COPY TO', 'COPY (SELECT id FROM shop.items) TO STDOUT' ],
	[ 'COPY FROM', 'COPY shop.items FROM STDIN', "$blue\t2001\tx\n" ],
	[ 'COPY FROM with a refused row', 'COPY shop.items FROM STDIN', "$red\t2002\tx\n" ],
	[ 'COPY FROM with triggers', 'COPY shop.triggered FROM STDIN', "$blue\t1\n" ],
	[ 'EXPLAIN', 'EXPLAIN (ANALYZE, VERBOSE) SELECT * FROM shop.items' ],
	[ 'a refused row', "INSERT INTO shop.items VALUES ('$red', 9, 'x')" ],
	[ 'an error at run time', 'SELECT 1 / (id - id) FROM shop.items' ],
	[ 'a cancel', 'SELECT pg_sleep(600) FROM shop.items', \&cancelled ],
	[ 'a cancel of an UPDATE', 'UPDATE shop.items SET name = name WHERE pg_sleep(600) IS NULL', \&cancelled ],
	[ 'a cancel of COPY TO', 'COPY (SELECT pg_sleep(600) FROM shop.items) TO STDOUT', \&cancelled ],
	[ 'a cancel in a nested query', 'SELECT shop.sleep()', \&cancelled ],
	[ 'a setting', 'SET statement_timeout = 200' ],
	[ 'a timeout', 'SELECT pg_sleep(600) FROM shop.items' ]);
for my $user ('app', superuser($node)->answer('SELECT current_user'))
{
	restart_with('chain_inner', 'pg_tenant', 'chain_outer');
	my $session = session($node, user => $user, tenant => $blue);
	$session->do('SELECT shop.count_items()');
	my ($answers, $calls) = run_statements($session, @protected);
	is((grep { $_ eq '57014' } @$answers), 5, "$user: what should be cancelled is");
	is_deeply($calls->[$_]{chain_inner}, $calls->[$_]{chain_outer}, "$user: $protected[$_][0]: both are called alike") or diag($answers->[$_]) 
	  for 1 .. $#protected;
}

done_testing();
