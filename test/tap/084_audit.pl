# The trail of what was written for all tenants, its lines of JSON in the server's log, and the tenant that is
# named with each error.
use strict;
use warnings;

use TenantTest;
use JSON::PP;
use PostgreSQL::Test::Utils;
use Test::More;

my ($blue, $red) = (BLUE, RED);
my $node = tenant_node('main', 'log_statement = none', 'max_prepared_transactions = 2', 'log_min_error_statement = panic');
create_shop($node);
my $super = $node->safe_psql('postgres', 'SELECT session_user');
my $written = q{SELECT string_agg(concat_ws('|', a.detail ->> 'table', a.detail ->> 'command', a.detail ->> 'statements', a.detail ->> 'rows',
	a.session_role, a.acting_role, a.request_id), ' ' ORDER BY a.detail ->> 'table', a.detail ->> 'command', a.acting_role)
	FROM tenant.audit_log a WHERE a.action = 'all_tenants_written'};

my $read_to = -s $node->logfile;
sub logged
{
	my $log = PostgreSQL::Test::Utils::slurp_file($node->logfile, $read_to);
	$read_to += length $log;
	return $log;
}

# What one session does, and what it adds to the trail.
my $mark = "'-infinity'";
sub leaves
{
	my ($name, $trail, @commands) = @_;
	my $result = $node->safe_psql('postgres', join(";\n", 'SET row_security = off', @commands) . ';');
	my $new = $node->safe_psql('postgres', "$written AND a.changed_at > $mark");
	is($new, $trail, $name);
	$mark = "'" . $node->safe_psql('postgres', 'SELECT clock_timestamp()') . "'";
	return $result;
}
my $by = "$super|$super";

leaves('an INSERT', "shop.items|INSERT|1|2|$by", "INSERT INTO shop.items VALUES ('$red', 10, 'ten'), ('$blue', 10, 'ten')");
leaves('an UPDATE', "shop.items|UPDATE|1|2|$by", q{UPDATE shop.items SET name = 'TEN' WHERE id = 10});
leaves('a MERGE', "shop.items|MERGE|1|2|$by",
	q{MERGE INTO shop.items i USING (SELECT 10 AS id) s ON i.id = s.id WHEN MATCHED THEN UPDATE SET name = 'ten'});
leaves('a DELETE', "shop.items|DELETE|1|2|$by", 'DELETE FROM shop.items WHERE id = 10');
leaves('COPY FROM', "shop.items|COPY FROM|1|2|$by", "COPY shop.items FROM STDIN;\n$red\t11\televen\n$blue\t11\televen\n\\.\n");
leaves('a write in WITH', "shop.items|DELETE|1|$by", 'WITH gone AS (DELETE FROM shop.items WHERE id = 11 RETURNING id) SELECT count(*) FROM gone');
leaves('reading leaves none', '', 'SELECT count(*) FROM shop.items', 'EXPLAIN DELETE FROM shop.items');
leaves('nor does a tenant', '', 'RESET row_security', "SET app.tenant_id = '$blue'", q{UPDATE shop.items SET name = 'one' WHERE id = 1});
leaves('a rollback leaves none', '', 'BEGIN', 'DELETE FROM shop.items', 'ROLLBACK');
leaves('EXPLAIN ANALYZE writes', "shop.items|UPDATE|1|0|$by", 'EXPLAIN ANALYZE UPDATE shop.items SET id = id WHERE false');
leaves('TRUNCATE', "shop.items|TRUNCATE|1|$by", 'CREATE TABLE shop.was AS TABLE shop.items', 'TRUNCATE shop.items');
leaves('INSERT ... SELECT', "shop.items|INSERT|1|3|$by", 'INSERT INTO shop.items SELECT * FROM shop.was');

# However many statements there are.
leaves('10,000 statements in one transaction', "shop.items|UPDATE|10000|30000|$by",
	q{DO 'BEGIN FOR i IN 1..10000 LOOP UPDATE shop.items SET name = name; END LOOP; END'});
leaves('savepoints', "shop.items|UPDATE|3|9|$by", 'BEGIN', 'UPDATE shop.items SET id = id', 'SAVEPOINT a', 'UPDATE shop.items SET id = id',
	'ROLLBACK TO a', 'UPDATE shop.items SET id = id', 'RELEASE a', 'SAVEPOINT b', 'UPDATE shop.items SET id = id', 'COMMIT');
leaves('errors that a function catches', "shop.items|UPDATE|1000|3000|$by", q{DO $$ BEGIN FOR i IN 1..1000 LOOP
	BEGIN UPDATE shop.items SET id = id; PERFORM 1 / 0; EXCEPTION WHEN division_by_zero THEN NULL; END;
	BEGIN UPDATE shop.items SET id = id; EXCEPTION WHEN division_by_zero THEN NULL; END; END LOOP; END $$});
leaves('nothing but what was rolled back', '', 'BEGIN', 'SAVEPOINT a', 'UPDATE shop.items SET id = id', 'ROLLBACK TO a', 'COMMIT');

# Ways around it.
leaves('a setting that is put back', "shop.items|UPDATE|1|3|$by|r-1", 'BEGIN', q{SET app.request_id = 'r-1'}, 'UPDATE shop.items SET id = id',
	'SET row_security = on', 'RESET app.request_id', 'COMMIT');
leaves('another role at the end', "shop.items|UPDATE|1|3|$by", 'BEGIN', 'UPDATE shop.items SET id = id', 'SET ROLE app', 'COMMIT');
leaves('another session user', "shop.items|UPDATE|1|3|$by", 'BEGIN', 'UPDATE shop.items SET id = id', 'SET SESSION AUTHORIZATION app', 'COMMIT');
leaves('without triggers', "shop.items|UPDATE|1|3|$by", 'SET session_replication_role = replica', 'UPDATE shop.items SET id = id');
leaves('without confinement', "shop.items|UPDATE|1|3|$by", 'RESET row_security', 'SET pg_tenant.confine_bypass_roles = off', 'UPDATE shop.items SET id = id');
leaves('a prepared statement', "shop.items|UPDATE|1|3|$by", 'PREPARE p AS UPDATE shop.items SET id = id', 'EXECUTE p');
leaves('a function', "shop.items|UPDATE|1|3|$by",
	q{CREATE FUNCTION shop.touch() RETURNS void LANGUAGE sql SECURITY DEFINER AS 'UPDATE shop.items SET id = id'}, 'SELECT shop.touch()');
leaves('a procedure that commits', "shop.items|DELETE|1|0|$by shop.items|UPDATE|1|3|$by",
	q{DO 'BEGIN UPDATE shop.items SET id = id; COMMIT; DELETE FROM shop.items WHERE false; END'});
leaves('a prepared transaction', "shop.items|UPDATE|1|3|$by", 'BEGIN', 'UPDATE shop.items SET id = id', q{PREPARE TRANSACTION 'p'},
	q{COMMIT PREPARED 'p'});
leaves('a deferred trigger', "shop.items|DELETE|1|0|$by shop.items|UPDATE|1|3|$by",
	q{CREATE FUNCTION shop.late() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN DELETE FROM shop.items WHERE false; RETURN NULL; END'},
	'CREATE TABLE shop.plain (id int)',
	'CREATE CONSTRAINT TRIGGER late AFTER INSERT ON shop.plain DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION shop.late()',
	'BEGIN', 'UPDATE shop.items SET id = id', 'INSERT INTO shop.plain VALUES (1)', 'COMMIT');
leaves('a table that is gone', "shop.short|INSERT|1|1|$by", 'CREATE TABLE shop.short (tenant_id uuid, id int)',
	q{SELECT tenant.protect('shop.short')}, 'BEGIN', "INSERT INTO shop.short VALUES ('$red', 1)", 'DROP TABLE shop.short', 'COMMIT');
leaves('tables of the session are its own', '', 'CREATE TEMP TABLE own (tenant_id uuid, id int)', q{SELECT tenant.protect('own')},
	"INSERT INTO own VALUES ('$red', 1)");

# Fails closed.
$node->safe_psql('postgres', q{
	CREATE FUNCTION shop.full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the disk is full'; END $$;
	CREATE TRIGGER full_disk BEFORE INSERT ON tenant.audit_log FOR EACH ROW EXECUTE FUNCTION shop.full()});
my $root = superuser($node);
is_answer($root, 'SET row_security = off', 'SET');
is_answer($root, 'DELETE FROM shop.items', 'P0001', 'what cannot be put into the trail is not written');
is($node->safe_psql('postgres', 'SET row_security = off; SELECT count(*) FROM shop.items'), 3, 'and all rows are there');
is_answer($root, q{SELECT tenant.share('shop.plain')}, 'P0001', 'nor is a table shared');
$root->close;
$node->safe_psql('postgres', 'DROP TRIGGER full_disk ON tenant.audit_log');

# The tenant with each error.
my $app = session($node);
is_answer($app, "SET app.tenant_id = '$blue'", 'SET');
is_answer($app, q{SET app.request_id = 'r-7'}, 'SET');
logged();
is_answer($app, 'SELECT 1 / (id - id) FROM shop.items', '22012');
like(logged(), qr/ERROR:  division by zero\n.*DETAIL:  tenant: $blue, request: r-7\n/, 'in the log');
is_answer($app, "INSERT INTO shop.items VALUES ('$red', 1, 'x')", '42501');
like(logged(), qr/DETAIL:  tenant: $blue, request: r-7\n/, 'of a refused row');
my $answer = $app->query('SELECT 1 / (id - id) FROM shop.items');
ok(!defined $answer->{error}{D} && !defined $answer->{error}{W}, 'the client is told nothing new');
logged();
is_answer($app, q{DO $$ BEGIN RAISE EXCEPTION 'no' USING DETAIL = 'a detail'; END $$}, 'P0001');
like(logged(), qr/DETAIL:  a detail\n\ttenant: $blue, request: r-7\n/, 'beside the detail that there is');
is_answer($app, "SELECT set_config('app.tenant_id', '$red', false), 1 / (id - id) FROM shop.items", '22012');
like(logged(), qr/DETAIL:  tenant: $blue, request/, 'the tenant of the statement, whatever the setting is then');
is_answer($app, "SET app.tenant_id = '$blue'", 'SET');
is_answer($app, "DO \$\$ BEGIN BEGIN PERFORM 1 / (id - id) FROM shop.items; EXCEPTION WHEN division_by_zero THEN PERFORM set_config('app.tenant_id', '$red', true); END; RAISE 'no'; END \$\$", 'P0001');
like(logged(), qr/DETAIL:  tenant: $red, request/, 'not that of an error that was handled');
is_answer($app, 'RESET app.tenant_id', 'RESET');
is_answer($app, 'SELECT 1 / 0', '22012');
unlike(logged(), qr/tenant: /, 'none without one');
is_answer($app, 'SET pg_tenant.error_context = off', '42501', 'who is not trusted does not turn it off');

# The trail in the log.
$node->append_conf('postgresql.conf', "pg_tenant.audit_log = json\npg_tenant.error_context = client\n");
$node->reload;
$node->poll_query_until('postgres', q{SELECT current_setting('pg_tenant.audit_log') = 'json'});
sub lines
{
	return map { decode_json($_) } logged() =~ /LOG:  pg_tenant audit: (.*)$/mg;
}
lines();
$app = session($node);
is_answer($app, "SET app.tenant_id = '$blue'", 'SET');
is_answer($app, q{SET app.request_id = 'a "quoted\" one'}, 'SET');
$answer = $app->query('SELECT 1 / (id - id) FROM shop.items');
like($answer->{error}{W} // '', qr/^tenant: $blue, request: a "quoted\\" one$/, 'the client is told where that is wanted');
is(scalar(my @none = lines()), 0, 'an error is no line of the trail');
is_answer(session($node, user => 'shop_owner'), 'SELECT count(*) FROM shop.items', 'TN001', 'refused');
my @lines = lines();
is(scalar @lines, 1, 'a refusal is one line');
is_deeply($lines[0], { action => 'refused', tenant_id => undef, session_role => 'shop_owner', acting_role => 'shop_owner', request_id => undef,
	trace_id => undef, span_id => undef, reason => $lines[0]{reason}, detail => { sqlstate => 'TN001' } }, 'that says what of whom');
$node->safe_psql('postgres', "SELECT tenant.suspend('$blue', E'a \"reason\"\\nwith lines\\\\ and \\u00e9');");
is_answer($app, 'SELECT count(*) FROM shop.items', 'TN003');
@lines = lines();
is(join(' ', map { $_->{action} } @lines), 'suspended refused', 'a row and a refusal are one line each');
is($lines[0]{reason}, "a \"reason\"\nwith lines\\ and \x{e9}", 'values come back as they were');
is_deeply([ @{ $lines[0] }{qw(tenant_id session_role acting_role)} ], [ $blue, $super, $super ], 'with who did it');
is_deeply([ @{ $lines[1] }{qw(tenant_id session_role request_id)} ], [ $blue, 'app', 'a "quoted\" one' ], 'and whose request it was');
$node->safe_psql('postgres', "SELECT tenant.resume('$blue')");
lines();
$node->safe_psql('postgres', 'SET row_security = off; UPDATE shop.items SET id = id; SET client_min_messages = debug1; SELECT count(*) FROM shop.items');
@lines = lines();
is(join(' ', map { $_->{action} } @lines), 'all_tenants all_tenants_written all_tenants', 'statements for all tenants, and what one wrote');
is($lines[1]{detail}{rows}, 3, 'with the rows');
is($lines[0]{detail}{table}, 'shop.items', 'and the table');

$root = superuser($node);
is_answer($root, 'SET client_min_messages = debug1', 'SET');
$answer = $root->query(q{SELECT tenant.share('shop.plain')});
is(scalar(grep { $_->{M} =~ /audit/ } @{ $answer->{notices} }), 0, 'the client gets none of it');
is(join(' ', map { $_->{action} } lines()), 'shared', 'which the log has');
$root->close;

# A purge leaves the trail.
$node->safe_psql('postgres', "SELECT tenant.soft_delete('$red', 'over'); CALL tenant.purge('$red', force => true)");
is($node->safe_psql('postgres', "SELECT string_agg(action, ' ' ORDER BY changed_at) FROM tenant.audit_log WHERE tenant_id = '$red'"),
	'provisioned deleted purge_started purged', 'a purge of the tenant leaves its trail');

# A standby writes nothing, and logs.
$node->backup('backup');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($node, 'backup', has_streaming => 1);
$standby->start;
$node->wait_for_catchup($standby);
my $log_before = -s $standby->logfile;
$standby->safe_psql('postgres', 'SET row_security = off; SELECT count(*) FROM shop.items; SELECT tenant.stat_reset()');
my $standby_log = PostgreSQL::Test::Utils::slurp_file($standby->logfile, $log_before);
is(join(' ', map { decode_json($_)->{action} } $standby_log =~ /pg_tenant audit: (.*)$/mg), 'all_tenants statistics_reset', 'a standby logs');
$standby->stop;

# What may not be written is not done.
is_answer(superuser($node), q{BEGIN READ ONLY; SELECT tenant.stat_reset()}, '25006', 'in a read-only transaction nothing is reset');
is_answer(superuser($node), q{BEGIN READ ONLY; SELECT tenant.execute_all('SELECT 1', 'why')}, '25006', 'nor is anything run for all tenants, which would leave no trace');

done_testing();
