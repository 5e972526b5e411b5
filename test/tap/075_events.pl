# Publishers and consumers that are killed at any moment, with the server or without: no event is lost, each is handled once by a consumer that
# acknowledges in the transaction that handles it, and each tenant's in the order of their numbers, which are those of their commits.
use strict;
use warnings;

use IPC::Run;
use TenantTest;
use Test::More;

my $node = tenant_node('main', 'max_prepared_transactions = 4', 'max_connections = 40');
# Every order has an event: what was committed is known. A worker fetches, and handles each event in a transaction of its own.
$node->safe_psql('postgres', q{
	CREATE EXTENSION pg_tenant;
	ALTER DATABASE postgres SET pg_tenant.require_registered = off;
	CREATE ROLE seller LOGIN;
	CREATE ROLE worker LOGIN;
	CREATE SCHEMA shop;
	GRANT USAGE ON SCHEMA shop TO seller, worker;
	CREATE TABLE shop.orders (tenant_id text DEFAULT tenant.current_text(), event_id uuid);
	CREATE TABLE shop.handled (id bigint GENERATED ALWAYS AS IDENTITY, tenant_id text DEFAULT tenant.current_text(), member text, event_id uuid, sequence bigint);
	GRANT INSERT ON shop.orders TO seller;
	GRANT INSERT ON shop.handled TO worker;
	DO $$ BEGIN
		PERFORM tenant.create_consumer('work', lease => '1 second', max_attempts => 1000, retry_delay => '1 millisecond');
		PERFORM tenant.grant_consumer('work', 'worker');
	END $$;
	CREATE PROCEDURE shop.work(member text) LANGUAGE plpgsql AS $$
	DECLARE
		batch tenant.events[] := ARRAY(SELECT e FROM tenant.fetch('work', 20, member) e);
		event tenant.events;
	BEGIN
		COMMIT;
		FOREACH event IN ARRAY batch LOOP
			IF tenant.ack('work', ARRAY[event.event_id], member) = 1 THEN
				INSERT INTO shop.handled (tenant_id, member, event_id, sequence) VALUES (event.tenant_id, member, event.event_id, event.sequence);
			END IF;
			COMMIT;
		END LOOP;
	END
	$$;
});
my $scripts = $node->basedir;
PostgreSQL::Test::Utils::append_to_file("$scripts/sell.sql", q{
\set t random(1, 20)
BEGIN;
SELECT tenant.set('t' || :t);
INSERT INTO shop.orders (event_id) SELECT tenant.publish('order.placed', '{}') FROM generate_series(1, 1 + :t % 3);
COMMIT;
});
PostgreSQL::Test::Utils::append_to_file("$scripts/work.sql", "CALL shop.work('m' || :client_id);\n");

sub pgbench
{
	my ($role, $script, $clients) = @_;
	my ($out, $err) = ('', '');
	my $handle = IPC::Run::start([ 'pgbench', '-n', '-h', $node->host, '-p', $node->port, '-U', $role, '-c', $clients, '-T', 60, '-f', "$scripts/$script", 'postgres' ],
		\undef, \$out, \$err);
	return $handle;
}

sub number { return $node->safe_psql('postgres', shift) }

sub until_it_is_back { return $node->poll_query_until('postgres', 'SELECT true') }

# Of sessions that are at work, one is killed; then the clients.
for my $way (qw(publisher consumer terminate server))
{
	my $before = number('SELECT count(*) FROM shop.orders');
	my $handled = number('SELECT count(*) FROM shop.handled');
	my @clients = (pgbench('seller', 'sell.sql', 3), pgbench('worker', 'work.sql', 2), pgbench('worker', 'work.sql', 2));
	ok( $node->poll_query_until('postgres', "SELECT (SELECT count(*) FROM shop.orders) > $before + 100 AND (SELECT count(*) FROM shop.handled) > $handled + 100"),
		"$way: events are published and handled");
	my $role = $way eq 'publisher' ? 'seller' : 'worker';
	my $pid = number("SELECT pid FROM pg_stat_activity WHERE usename = '$role' AND state <> 'idle' LIMIT 1");
	if ($way eq 'server') { $node->stop('immediate') }
	elsif ($way eq 'terminate') { number("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename IN ('seller', 'worker')") }
	elsif ($pid) { kill 'KILL', $pid }
	# Without a word, as a machine goes.
	$_->kill_kill(grace => 0) for @clients;
	$node->start if $way eq 'server';
	until_it_is_back();
	$node->safe_psql('postgres', q{SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename IN ('seller', 'worker')});
}

# What is left comes back when its lease has expired.
my $left = q{SELECT count(*) = 0 FROM tenant.event_deliveries};
my @last = (pgbench('worker', 'work.sql', 2));
ok($node->poll_query_until('postgres', $left), 'everything is handled in the end');
$_->kill_kill(grace => 0) for @last;

is(number('SELECT count(*) > 400 FROM shop.orders'), 't', 'there was something to handle');
is(number('SELECT count(*) FROM (SELECT event_id FROM shop.orders EXCEPT SELECT event_id FROM shop.handled) x'), 0, 'nothing that was committed is lost');
is(number('SELECT count(*) FROM (SELECT event_id FROM shop.handled EXCEPT SELECT event_id FROM shop.orders) x'), 0, 'nothing comes that was not committed');
is(number('SELECT count(*) FROM (SELECT event_id FROM shop.handled GROUP BY 1 HAVING count(*) > 1) x'), 0, 'nothing is handled twice');
is(number('SELECT count(*) FROM (SELECT sequence - lag(sequence, 1, 0::bigint) OVER (PARTITION BY tenant_id ORDER BY id) AS step FROM shop.handled) x WHERE step <> 1'),
	0, "each tenant's in order, none left out");
is(number('SELECT count(*) FROM tenant.events WHERE sequence IS NULL'), 0, 'all are numbered');
is(number('SELECT count(*) FROM tenant.dead_letters'), 0, 'none was given up');

# A fetch that was not committed holds nothing when the server is back; one that was, till its lease expires.
$node->safe_psql('postgres', q{SELECT tenant.create_consumer('slow', lease => '1 hour')});
sub publish
{
	my ($tenant) = @_;
	my $seller = session($node, user => 'seller', tenant => $tenant);
	return $seller->do("SELECT tenant.publish('one', '{}')");
}
publish('a');
publish('b');
my $fetched = q{SELECT string_agg(tenant_id || sequence, ',' ORDER BY tenant_id) FROM tenant.fetch('slow', 10, 'm')};
my $open = superuser($node);
$open->do('BEGIN');
is_answer($open, $fetched, 'a1,b1', 'a fetch');
$node->stop('immediate');
$node->start;
is(number($fetched), 'a1,b1', 'its server died before it was committed: it comes again');
$node->stop('immediate');
$node->start;
is(number($fetched), '', 'its server died afterwards: the lease holds');
is(number(q{SELECT tenant.ack('slow', array_agg(event_id), 'm') FROM tenant.events WHERE tenant_id = 'a'}), 1, 'and is as good as before');
number(q{UPDATE tenant.event_leases SET expires_at = now()});
is(number($fetched), 'b1', 'till it expires');

# Prepared: it keeps other commits of its tenant waiting, through a crash too, and is there when it is committed.
my $seller = session($node, user => 'seller', tenant => 'c');
$seller->do('BEGIN');
$seller->do("SELECT tenant.publish('prepared', '{}')");
$seller->do("PREPARE TRANSACTION 'p'");
$node->stop('immediate');
$node->start;
my $second = session($node, user => 'seller', tenant => 'c');
$second->send('Q', "SELECT tenant.publish('second', '{}')\0");
ok($node->poll_query_until('postgres', "SELECT EXISTS (SELECT FROM pg_locks WHERE pid = $second->{pid} AND NOT granted)"), 'the tenant waits for what is prepared');
publish('d');
number("COMMIT PREPARED 'p'");
$second->finish;
is(number($fetched), 'c1,c2,d1', 'then it comes first; another tenant did not wait');

# A notification says that there is work, and nothing else. Not every transaction sends one: the next one may.
my @told;
for (1 .. 100)
{
	my ($out, $err);
	$node->psql('postgres', q{LISTEN pg_tenant_events; BEGIN; SET LOCAL app.tenant_id = 'a'; SELECT tenant.publish('told', '"secret"'), tenant.publish('told', '1'); COMMIT; SELECT 1},
		stdout => \$out, stderr => \$err);
	@told = "$out\n$err" =~ /Asynchronous notification "(.*?)"( with payload)?/g;
	last if @told;
}
is_deeply(\@told, [ 'pg_tenant_events', undef ], 'one notification for a transaction, without content');

# Readers of the log.
$node->safe_psql('postgres', q{SELECT pg_create_logical_replication_slot('events', 'test_decoding')});
publish('a');
$node->safe_psql('postgres', 'ALTER SYSTEM SET pg_tenant.emit_events = on');
$node->reload;
ok($node->poll_query_until('postgres', "SELECT current_setting('pg_tenant.emit_events') = 'on'"), 'events are emitted from now on');
my $undone = session($node, user => 'seller', tenant => 'a');
$undone->do('BEGIN');
$undone->do("SELECT tenant.publish('undone', '{}')");
$undone->do('ROLLBACK');
publish('a');
is( number(q{SELECT string_agg(format('%s %s', m ->> 'tenantid', m ->> 'specversion'), ',') || bool_and((m ->> 'sequence')::int = (SELECT max(last_sequence) FROM tenant.event_streams WHERE tenant_id = 'a'))
	FROM (SELECT substring(data FROM 'content:(.*)')::jsonb AS m FROM pg_logical_slot_get_changes('events', NULL, NULL)
		WHERE data LIKE 'message: transactional: 1 prefix: pg_tenant.event%') x}), 'a 1.0true', 'a message for each, with its number, in its transaction');

# Dumped and restored: numbers, partitions, and what waits.
$node->safe_psql('postgres', q{CALL tenant.keep_events('7 days')});
publish('e');
my ($dump, $events) = ("$scripts/dump", q{SELECT string_agg(format('%s %s %s', tenant_id, sequence, type), ',' ORDER BY tenant_id, sequence) FROM tenant.events});
$node->command_ok([ 'pg_dump', '-Fc', '-f', $dump, '-h', $node->host, '-p', $node->port, 'postgres' ], 'dumped');
$node->safe_psql('postgres', 'CREATE DATABASE restored');
$node->command_ok([ 'pg_restore', '-e', '-d', 'restored', '-h', $node->host, '-p', $node->port, $dump ], 'restored');
is($node->safe_psql('restored', $events), number($events), 'the events');
is($node->safe_psql('restored', q{SELECT bool_and(tgenabled = 'A') FROM pg_trigger WHERE tgname = 'number_event'}), 't', 'their triggers');
is($node->safe_psql('restored', q{SELECT tenant.keep_partitions('tenant.events', '1 day')}), 0, 'their partitions');
$node->safe_psql('restored', q{SET pg_tenant.require_registered = off; SET app.tenant_id = 'e'; SELECT tenant.publish('more', '{}')});
is($node->safe_psql('restored', q{SELECT string_agg(tenant_id || sequence, ',' ORDER BY tenant_id, sequence) FROM tenant.fetch('slow', 10, 'm') WHERE tenant_id = 'e'}), 'e1,e2', 'consumers and numbers go on');
$node->safe_psql('restored', q{SELECT tenant.create_consumer('new')});
done_testing();
