# What a client's statement does for a tenant that it sets itself, what runs while it is planned, and what is deferred to the end of its
# transaction is under the tenant's limits too.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use TenantTest;
use Test::More;

my ($blue, $red) = (BLUE, RED);
my $node = tenant_node('inside', 'max_connections = 20');
create_shop($node);
$node->safe_psql('postgres', q{
	CREATE TABLE seen (note text);
	SELECT tenant.share('seen');
	GRANT SELECT, INSERT, DELETE ON seen TO app;
	CREATE FUNCTION locked(key int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN PERFORM pg_advisory_lock(key); RETURN key; END $$;
	CREATE FUNCTION napping() RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN PERFORM pg_sleep(5); RETURN 1; END $$;
	CREATE FUNCTION working_for(id text) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS $$
		BEGIN PERFORM tenant.set(id); RETURN (SELECT count(*) FROM shop.items); END $$;
	CREATE FUNCTION coming_to_stay(id text) RETURNS bigint LANGUAGE plpgsql AS $$
		BEGIN PERFORM tenant.set(id, false); RETURN (SELECT count(*) FROM shop.items); END $$;
	CREATE FUNCTION counting_thrice() RETURNS bigint LANGUAGE sql AS $$
		SELECT count(*) FROM shop.items; SELECT count(*) FROM shop.items; SELECT count(*) FROM shop.items $$;
	CREATE FUNCTION counting_for(id text) RETURNS bigint LANGUAGE sql AS $$ SELECT tenant.set(id); SELECT count(*) FROM shop.items $$;
	CREATE FUNCTION is_right(value int) RETURNS bool LANGUAGE sql STABLE AS $$ SELECT count(*) > 0 AND value > 0 FROM shop.items $$;
	CREATE FUNCTION negative(value int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN -value; END $$;
	CREATE TABLE numbers (n int, EXCLUDE USING btree (negative(n) WITH =) DEFERRABLE INITIALLY DEFERRED);
	SELECT tenant.share('numbers');
	GRANT INSERT ON numbers TO app;
	CREATE DOMAIN right_number AS int CHECK (is_right(VALUE));
	CREATE FUNCTION failing_for_nobody() RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$
		BEGIN PERFORM tenant.clear(); RAISE EXCEPTION USING ERRCODE = '58030'; END $$;
	CREATE FUNCTION opening(id text) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$
		BEGIN PERFORM tenant.open_breaker(id); RAISE division_by_zero; END $$;
	CREATE TABLE slow (seconds float);
	SELECT tenant.share('slow');
	GRANT SELECT, INSERT ON slow TO app;
	CREATE FUNCTION sleep_so_long() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(NEW.seconds); RETURN NULL; END $$;
	CREATE CONSTRAINT TRIGGER sleep AFTER INSERT ON slow DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sleep_so_long();
	CREATE TABLE late (tenant text);
	SELECT tenant.share('late');
	GRANT INSERT ON late TO app;
	CREATE FUNCTION work_late() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM tenant.set(NEW.tenant); PERFORM pg_sleep(5); RETURN NULL; END $$;
	CREATE CONSTRAINT TRIGGER late AFTER INSERT ON late DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION work_late();
	CREATE ROLE bound LOGIN;
	GRANT USAGE ON SCHEMA shop TO bound;
	GRANT SELECT ON shop.items TO bound;
});
my $admin = superuser($node);
my $owner = session($node, user => 'shop_owner');
$admin->do("SELECT tenant.grant_tenant('bound', '$blue')");

sub configure { limit_tenant($owner, @_); return; }

# As many statements as that, and no more.
sub grant_statements
{
	my ($tenant, $number) = @_;
	configure($tenant, '"statements_per_second": 1e6, "burst": 1e4');
	$owner->do("SELECT tenant.execute('$tenant', 'SELECT 1')") for 1 .. 2;
	configure($tenant, qq{"statements_per_second": 0.001, "burst": $number});
	return;
}

# A command that is sent without a tenant, and works for one.
sub block { my ($tenant, $work) = @_; return "DO \$\$ BEGIN PERFORM tenant.set('$tenant'); $work END \$\$"; }
my $count = 'PERFORM count(*) FROM shop.items;';

# A statement that waits until release() lets it go on.
my $hold = 'SELECT pg_advisory_xact_lock_shared(1)';
sub release { $admin->do('SELECT pg_advisory_unlock(1)'); return; }

sub start_holding
{
	my ($session, $sql) = @_;
	$admin->do('SELECT pg_advisory_lock(1)');
	$session->send('Q', "$sql\0");
	$node->poll_query_until('postgres', "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid = $session->{pid} AND wait_event_type = 'Lock')") or die 'it does not wait';
	return;
}

# Rates.
my $app = session($node);
for my $work ([ 'a block', block($blue, $count x 3), 'DO' ], [ 'execute()', "SELECT tenant.execute('$blue', 'SELECT FROM shop.items')", '2' ],
	[ 'query()', "SELECT tenant.query('$blue', 'SELECT 7 AS n')", '{"n": 7}' ], [ 'a command in a block', block($blue, q{EXECUTE 'NOTIFY work';}), 'DO' ],
	[ 'planning', "SELECT working_for('$blue')", '2' ])
{
	my ($name, $sql, $expected) = @$work;
	grant_statements($blue, 2);
	is_answer($app, $sql, $expected, "$name is one statement");
	is_answer($app, $sql, $expected, "$name twice is two");
	is_answer($app, $sql, 'TN007', "$name a third time");
	is_answer($app, 'SELECT 1', '1', 'what is done for nobody goes on');
}
is_answer($app, block($blue, q{BEGIN INSERT INTO seen VALUES ('caught'); EXCEPTION WHEN OTHERS THEN NULL; END;} x 3), 'DO', 'who catches the refusal');
is_answer($app, 'SELECT count(*) FROM seen', '0', 'has done nothing');
is_answer(session($node, user => 'bound'), block($blue, $count), 'TN007', 'a role of the tenant');
is($admin->answer("SELECT (refusals->>'TN007')::int > 0 FROM tenant.stat_tenants WHERE tenant_id = '$blue'"), 't', 'the refusal is counted');
is_answer($app, "SELECT tenant.execute('$red', 'SELECT 1'), tenant.execute('$blue', 'SELECT 1')", 'TN007', 'each tenant that one statement works for');
grant_statements($blue, 3);
grant_statements($red, 1);
is_answer($app, "SELECT tenant.execute('$blue', 'SELECT 1'), tenant.execute('$red', 'SELECT 1'), tenant.execute('$blue', 'SELECT 1')", '1|1|1', 'each time that it comes to one');
is_answer($app, "SELECT tenant.execute('$red', 'SELECT 1')", 'TN007', 'one of them has none left');
is_answer($app, "SELECT tenant.execute('$blue', 'SELECT 1')", '1', 'and the other one');
is_answer($app, "SELECT tenant.execute('$blue', 'SELECT 1')", 'TN007', 'no more than that');
configure($red, '');

# Planning what a block or execute() runs may take all of its time.
my $power = 'length((2::numeric ^ 400000)::text) + length(factorial(30000)::text)';
for my $work (block($blue, "PERFORM $power;"), "SELECT tenant.execute('$blue', 'SELECT $power')", block($blue, "IF $power > 1 THEN NULL; END IF;"))
{
	configure($blue, '"statement_timeout": "20ms"');
	is_answer($app, $work, '57014', 'the time of planning what is run for a tenant');
	grant_statements($blue, 1);
	is_answer($app, $work =~ s/\Q$power\E/1 \/ 0/r, '22012', 'which is paid for');
	is_answer($app, $work, 'TN007', 'and refused');
}

# A job is not limited.
$admin->do('DELETE FROM seen');
is_answer($admin, qq{CALL tenant.for_each('INSERT INTO seen VALUES (''job''); INSERT INTO seen VALUES (''job'')')}, 'CALL', 'a job');
is($admin->answer('SELECT count(*) FROM seen'), '4', 'is not limited');

# Places.
my $other = session($node, tenant => $blue);
configure($blue, '"concurrent_statements": 1, "concurrent_wait": "1h"');
start_holding($other, $hold);
is_answer($app, block($blue, $count), 'TN007', 'no place for a block, which may hold locks and so does not wait');
release();
is($other->finish->{sqlstate}, undef, 'who had it');
is_answer($app, block($blue, $count), 'DO', 'has given it back');
configure($blue, '"concurrent_statements": 1');
start_holding($app, block($blue, "PERFORM pg_advisory_xact_lock_shared(1);"));
is_answer($other, 'SELECT 1', 'TN007', 'a block has a place');
release();
is($app->finish->{sqlstate}, undef, 'until');
is_answer($other, 'SELECT 1', '1', 'it ends');
for my $end ([ "$count PERFORM 1 / (SELECT 0);", '22012', 'or fails' ], [ "$count PERFORM tenant.clear();", 'DO', 'or the tenant is unset' ], [ "BEGIN $count RAISE division_by_zero; EXCEPTION WHEN division_by_zero THEN NULL; END;", 'DO', 'or goes on' ])
{
	is_answer($app, block($blue, $end->[0]), $end->[1], 'a block runs');
	is_answer($other, 'SELECT 1', '1', $end->[2]);
}
start_holding($app, "SELECT tenant.execute('$blue', 'SELECT 1'), pg_advisory_lock_shared(1)");
is_answer($other, 'SELECT 1', '1', 'execute() gives it back before its statement ends');
release();
is($app->finish->{sqlstate}, undef, 'which it does');
$app->do('SELECT pg_advisory_unlock_all()');

# Sessions.
configure($blue, '"sessions": 1');
is_answer($other, 'SELECT 1', '1', 'one session');
is_answer($app, block($blue, $count), 'TN009', 'not another one by a block');
$other->do(q{SET app.tenant_id = ''});
is_answer($app, block($blue, $count), 'DO', 'when that has left');
is_answer(session($node, tenant => $blue), 'SELECT 1', '1', 'the block keeps none');

# Times.
configure($blue, '"statement_timeout": "50ms"');
is_answer($app, block($blue, 'PERFORM pg_sleep(5);'), '57014', 'the time of a block');
is_answer($app, "SELECT tenant.execute('$blue', 'SELECT pg_sleep(5)')", '57014', 'that of execute()');
is_answer($app, "SELECT tenant.execute('$blue', 'SELECT 1'), pg_sleep(0.2)", '1|', 'and no longer than that');
$other->do("SET app.tenant_id = '$blue'");
is_answer($other, 'SELECT napping()', '57014', 'that of planning');
is_answer($other, 'SELECT pg_sleep(0.001)', '', 'the next statement has its own');
$other->do(q{SET statement_timeout = '1h'});
is_answer($other, 'SELECT napping()', '57014', 'also where the session has a longer one');
$other->do(q{SET app.tenant_id = ''});
is_answer($other, 'SELECT pg_sleep(0.2)', '', 'which comes back');
$app->do("SET statement_timeout = '200ms'");
is_answer($app, "SELECT tenant.execute('$blue', 'SELECT 1'), pg_sleep(5)", '57014', 'in the middle of a statement too');
$app->do('RESET statement_timeout');
configure($blue, '"idle_in_transaction_timeout": "7min"');
$app->do('BEGIN');
is_answer($app, "SELECT tenant.execute('$blue', 'SELECT 1')", '1', 'execute() in a transaction');
is_answer($app, 'SHOW idle_in_transaction_session_timeout', '7min', 'limits how long that may be idle');
$app->do('ROLLBACK');

# Rows.
configure($blue, '"rows_per_result": 3');
is_answer($app, "SELECT count(*) FROM tenant.query('$blue', 'SELECT generate_series(1, 3)')", '3', 'rows of query()');
is_answer($app, "SELECT count(*) FROM tenant.query('$blue', 'SELECT generate_series(1, 4)')", 'TN009', 'one too many');

# The breaker.
configure($blue, '"breaker": {"minimum": 2, "timeout": "1h"}');
is_answer($app, block($blue, q{PERFORM FROM shop.items; RAISE EXCEPTION USING ERRCODE = '58030';}), '58030', 'a failure in a block') for 1 .. 2;
is_answer($app, block($blue, $count), 'TN008', 'counts, and who counts is refused');
is_answer($app, "SELECT working_for('$blue')", 'TN008', 'also while it is planned') for 1 .. 2;
$admin->do("SELECT tenant.close_breaker('$blue')");
$other->do("SET app.tenant_id = '$blue'");
configure($blue, '"statement_timeout": "20ms", "breaker": {"minimum": 2, "timeout": "1h"}');
is_answer($other, 'SELECT napping()', '57014', 'planning that takes too long') for 1 .. 2;
is_answer($other, 'SELECT 1', 'TN008', 'counts');
$admin->do("SELECT tenant.close_breaker('$blue')");
is_answer($other, 'SELECT failing_for_nobody()', '58030', 'not what fails when the tenant is gone') for 1 .. 2;
is_answer($other, 'SELECT 1', '1', 'so it is not open');
my $breakers = "SELECT state, requests, failures FROM tenant.breakers WHERE tenant_id = '$blue'";
$admin->do("SELECT tenant.close_breaker('$blue')");
is_answer($app, "SELECT tenant.execute('$blue', 'SELECT 1')", '1', 'what succeeds by execute()');
is_answer($app, block($blue, "$count PERFORM tenant.clear();"), 'DO', 'and in a block that unsets the tenant');
is_answer($app, "DO \$\$ BEGIN BEGIN PERFORM tenant.set('$blue'); $count RAISE SQLSTATE '58030'; EXCEPTION WHEN OTHERS THEN NULL; END; END \$\$", 'DO', 'not one that handles an error that unsets it');
is($admin->answer($breakers), 'closed|2|0', 'is a success');
$other->do('SELECT 1');
is_answer($other, 'SELECT 1 / 0', '22012', 'a wrong statement');
is($admin->answer($breakers), 'closed|4|0', 'is none that failed, also where it is planned');
grant_statements($blue, 1);
configure($blue, '"statements_per_second": 0.001, "burst": 1, "breaker": {"minimum": 2, "timeout": "1h"}');
$admin->do("SELECT tenant.close_breaker('$blue')");
is_answer($app, "SELECT tenant.execute('$blue', 'SELECT 1')", '1', 'the one statement that it has');
is_answer($app, "SELECT working_for('$blue')", 'TN007', 'what is refused while it is planned') for 1 .. 2;
is($admin->answer($breakers), 'closed|1|0', 'is no request');
grant_statements($blue, 100);
configure($blue, '"breaker": {"minimum": 2, "timeout": "1h"}');
my $opener = superuser($node);
$opener->do("SET app.tenant_id = '$blue'");
is_answer($opener, "SELECT opening('$blue')", '22012', 'what fails while the breaker is opened');
is($admin->answer($breakers), 'open|0|0', 'does not close it');
$opener->close;
configure($blue, '"breaker": {"minimum": 2, "timeout": "1ms"}');
$admin->do("SELECT tenant.close_breaker('$blue')");
is_answer($app, "SELECT tenant.execute('$blue', 'DO \$x\$ BEGIN RAISE SQLSTATE ''58030''; END \$x\$')", '58030', 'failures by execute()') for 1 .. 2;
is($admin->answer($breakers), 'open|0|0', 'open it');
$node->poll_query_until('postgres', "SELECT retry_at < now() FROM tenant.breakers WHERE tenant_id = '$blue'");
is_answer($app, "SELECT tenant.execute('$blue', 'SELECT 1')", '1', 'when its time is over one that succeeds');
is($admin->answer($breakers), 'closed|0|0', 'closes it');
configure($blue, '');
$admin->do("SELECT tenant.open_breaker('$blue')");
is_answer($app, block($blue, $count), 'TN008', 'one that is held open, where nothing is limited');
$admin->do("SELECT tenant.close_breaker('$blue')");
is_answer($app, block($blue, $count), 'DO', 'until it is closed');

# Planning is paid for, once.
grant_statements($blue, 1);
is_answer($other, 'SELECT locked(77)', '77', 'planned and run for one token');
is_answer($other, 'SELECT locked(78)', 'TN007', 'refused');
is($admin->answer('SELECT objid FROM pg_locks WHERE locktype = $$advisory$$'), '77', 'before it is planned');
grant_statements($blue, 10);
$other->parse('p', 'SELECT 1');
$other->parse('q', 'SELECT shop.id FROM shop.items shop');
for (1 .. 10) { $other->bind('', $_ % 2 ? 'p' : 'q'); $other->execute(''); }
my $result = $other->sync;
is($result->{sqlstate}, undef, 'as many statements of the extended protocol as there are tokens');
is(scalar @{ $result->{tags} }, 10, 'all of them');
$other->bind('', 'p');
$other->execute('');
is($other->sync->{sqlstate}, 'TN007', 'no more');
grant_statements($blue, 3);
is_answer($other, 'SELECT 1; SELECT 2; SELECT 3', '1,2,3', 'of one message, too');
is_answer($other, 'SELECT 4', 'TN007', 'no more');
grant_statements($blue, 2);
is_answer($other, 'SELECT 1 / 0', '22012', 'what fails while it is planned') for 1 .. 2;
is_answer($other, 'SELECT 1', 'TN007', 'is paid for');
grant_statements($blue, 2);
for my $name ('r', 's') { $other->parse($name, 'SELECT 1'); $other->bind('', $name); is($other->sync->{sqlstate}, undef, 'what is not run'); }
is_answer($other, 'SELECT 1', 'TN007', 'also');

# A function that is called by a message of its own.
my ($counting, $execute, $stay, $thrice, $counting_for) = map { $admin->answer("SELECT '$_'::regprocedure::oid") } 'pg_catalog.query_to_xml(text,boolean,boolean,text)',
  'tenant.execute(text,text)', 'coming_to_stay(text)', 'counting_thrice()', 'counting_for(text)';
my @counting = ('SELECT 1 AS n', 't', 't', '');
grant_statements($blue, 2);
is($other->call($counting, @counting)->{sqlstate}, undef, 'a call') for 1 .. 2;
is($other->call($counting, @counting)->{sqlstate}, 'TN007', 'is a statement');
is_answer($other, 'SELECT 1', 'TN007', 'like others');
is($app->call($execute, $blue, 'SELECT 1')->{sqlstate}, 'TN007', 'also where it sets the tenant');
is($app->call($execute, $red, 'SELECT 1')->{sqlstate}, undef, 'for another tenant');
grant_statements($blue, 3);
is($other->call($thrice)->{sqlstate}, undef, 'a function in SQL');
is($app->call($counting_for, $blue)->{sqlstate}, undef, 'and one that sets the tenant');
$other->parse('', 'SELECT $1::right_number');
$other->bind('', '', 7);
$other->execute('');
is($other->sync->{sqlstate}, undef, 'and what a function checks before it is bound');
is_answer($other, 'SELECT 1', 'TN007', 'are each one statement');
is($app->call($counting_for, $blue)->{sqlstate}, 'TN007', 'no more');
grant_statements($blue, 1);
$other->parse('', 'INSERT INTO numbers VALUES (1), (1)');
$other->bind('', '');
$other->execute('');
is($other->sync->{sqlstate}, '23P01', 'what a key that is checked at the end of the transaction calls is none');
configure($blue, '"concurrent_statements": 1');
is($app->call($stay, $blue)->{sqlstate}, undef, 'a call that sets the tenant of its session');
is_answer($other, 'SELECT 1', '1', 'keeps no place');
$app->do(q{SET app.tenant_id = ''});
configure($blue, '"statement_timeout": "50ms"');
is($other->call($counting, 'SELECT pg_sleep(5)', @counting[ 1 .. 3 ])->{sqlstate}, '57014', 'it has its time');
is($app->call($execute, $blue, 'SELECT pg_sleep(5)')->{sqlstate}, '57014', 'also there');
is_answer($app, 'SELECT pg_sleep(0.2)', '', 'and the next has none');

# What is deferred to the end of a transaction.
configure($blue, '"statement_timeout": "50ms"');
is_answer($other, 'INSERT INTO slow VALUES (5)', '57014', 'a trigger that is deferred to the end of its statement');
is_answer($other, 'BEGIN; INSERT INTO slow VALUES (5); COMMIT', '57014', 'or of its transaction');
$other->query('ROLLBACK');
is_answer($other, 'INSERT INTO slow VALUES (0), (0)', 'INSERT 0 2', 'shorter ones');
$other->do(q{SET app.tenant_id = ''});
is_answer($other, 'SELECT pg_sleep(0.2)', '', 'end no later statement');
is_answer($other, 'INSERT INTO slow VALUES (0.2)', 'INSERT 0 1', 'of nobody');
is_answer($other, "INSERT INTO late VALUES ('$blue')", '57014', 'one that sets its tenant itself');
configure($red, '"statement_timeout": "1h"');
$other->do("SET app.tenant_id = '$red'");
is_answer($other, "INSERT INTO late VALUES ('$blue')", '57014', 'also where it has begun for one with more time');

done_testing();
