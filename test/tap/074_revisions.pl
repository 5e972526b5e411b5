# Many clients change configurations, in transactions short and long: whoever watches sees each change once, in the order of revisions,
# and each call outside a transaction block has returned its final revision.
use strict;
use warnings;

use TenantTest;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = tenant_node('main', 'max_connections = 60', 'max_prepared_transactions = 2');
create_shop($node);
$node->safe_psql('postgres', q{
	DO $$ BEGIN PERFORM tenant.provision('t' || i) FROM generate_series(0, 19) i; END $$;
	CREATE TABLE public.returned (tenant_id text, revision bigint, is_final boolean);
	CREATE TABLE public.expected AS SELECT 't' || i AS tenant_id, 0 AS n FROM generate_series(0, 19) i;
	GRANT ALL ON public.returned, public.expected TO shop_owner;
});

# Notifications: one for each revision, when it is committed.
my $listener = session($node, user => 'app');
my $admin = session($node, user => 'shop_owner');
$listener->do('LISTEN tenant_config');
sub notified { return join ',', @{ $listener->query('SELECT 1')->{notified} // [] }; }
my $first = $admin->answer(q{SELECT tenant.set_config('t0', '{"n": 0}')});
is(notified(), "tenant_config $first", 'a change is notified');
$admin->do(q{BEGIN; SELECT tenant.set_config('t0', '{"n": 1}')});
is(notified(), '', 'not before its commit');
$admin->do('ROLLBACK');
is(notified(), '', 'nor if there is none');
$admin->do(q{SELECT tenant.set_config('t0', '{"n": 0}')});
is(notified(), '', 'nor if it changes nothing');
$admin->do(q{BEGIN; SELECT tenant.set_config('t0', '{"n": 1}')});
is_answer($admin, q{PREPARE TRANSACTION 'held'}, '0A000', 'a change cannot be prepared for two-phase commit');

# What is returned.
my $block = session($node, user => 'shop_owner');
my $drawn = $block->answer(q{BEGIN; SELECT tenant.set_config('t1', '{"n": 1}')});
my $between = $admin->answer(q{SELECT tenant.set_config('t2', '{"n": 1}')});
cmp_ok($between, '>', $drawn, 'another transaction is not held up');
$block->do('COMMIT');
my $final = $admin->answer(q{SELECT revision FROM tenant.tenants WHERE tenant_id = 't1'});
cmp_ok($final, '>', $between, 'what commits later has the greater revision');
is_answer($admin, "SELECT tenant.set_config('t1', '{\"n\": 2}', $drawn) > $final", 't', 'what was returned is accepted as expected');
is_answer($admin, "SELECT tenant.set_config('t1', '{\"n\": 3}', $drawn)", '40001', 'until the tenant is configured again');
$block->do('BEGIN');
is($block->answer(q{SELECT tenant.set_config('t1', '{"n": 4}')}), $block->answer(q{SET CONSTRAINTS ALL IMMEDIATE; SELECT revision FROM tenant.tenants WHERE tenant_id = 't1'}),
	'without another the number that was returned is final');
$block->do('COMMIT');
# A statement that calls it twice settles at its commit: it must not hold up others while it waits.
my $n = 1;
for my $statement (q{SELECT tenant.set_config(id, '{"n": -N}') FROM unnest(ARRAY['t4', 't3']) id}, q{SELECT tenant.set_config('t4', '{"n": -N}'), tenant.set_config('t3', '{"n": -N}')})
{
	$n++;
	$block->do(qq{BEGIN; SELECT tenant.set_config('t3', '{"n": $n}')});
	my $waiting = session($node, user => 'shop_owner');
	$waiting->send('Q', $statement =~ s/N/$n/gr . "\0");
	$node->poll_query_until('postgres', q{SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%t4%' AND pid <> pg_backend_pid()}, '1');
	is_answer($admin, qq{SELECT tenant.set_config('t5', '{"n": $n}') > 0}, 't', 'a statement that waits for a tenant\'s row holds up no other');
	$block->do('COMMIT');
	is($waiting->finish->{sqlstate}, undef, 'and is not in a deadlock with who commits');
}

# Many clients at once.
my $start = $admin->answer('SELECT max(revision) FROM tenant.config_snapshot()');
my %script = (
	statement => q{
\set t random(0, 19)
\set n random(1, 1000000)
SELECT tenant.set_config('t' || :t, jsonb_build_object('n', :n)) AS revision \gset
INSERT INTO public.returned VALUES ('t' || :t, :revision, true);
},
	block => q{
\set t random(0, 19)
\set n random(1, 1000000)
BEGIN;
SELECT tenant.set_config('t' || :t, jsonb_build_object('n', :n)) AS revision \gset
INSERT INTO public.returned VALUES ('t' || :t, :revision, false);
COMMIT;
},
	bulk => q{
\set n random(1, 1000000)
WITH set AS (SELECT e.tenant_id, tenant.set_config(e.tenant_id, jsonb_build_object('bulk', :n)) AS revision FROM (SELECT tenant_id FROM public.expected ORDER BY tenant_id LIMIT 5) e)
INSERT INTO public.returned SELECT tenant_id, revision, false FROM set;
},
	rolled_back => q{
\set t random(0, 19)
BEGIN;
SELECT tenant.set_config('t' || :t, '{"n": -1}');
ROLLBACK;
});
my @clients;
for my $name (sort keys %script)
{
	my $file = $node->basedir . "/$name.sql";
	append_to_file($file, $script{$name});
	local $ENV{PGUSER} = 'shop_owner';
	push @clients, [ $name, IPC::Run::start([ 'pgbench', '-n', '-c', '4', '-t', '60', '--max-tries=1000', '-f', $file, $node->connstr('postgres') ],
		'>', '/dev/null', '2>', "$file.log") ];
}
# The watcher reads on until all are done, and once more.
my ($seen, @seen) = ($start);
my $unordered = 0;
my $watch = sub {
	for my $row (@{ $admin->query("SELECT revision, tenant_id FROM tenant.config_changes($seen)")->{rows} })
	{
		$unordered++ if $row->[0] <= $seen;
		$seen = $row->[0];
		push @seen, join ' ', @$row;
	}
};
# pump_nb() dies where the client has ended.
while (grep { eval { $_->[1]->pump_nb; $_->[1]->pumpable } } @clients)
{
	$watch->();
}
for (@clients)
{
	ok(IPC::Run::finish($_->[1]), "$_->[0]: all done") or diag(slurp_file($node->basedir . "/$_->[0].sql.log"));
}
unlike(slurp_file($node->logfile), qr/deadlock detected/, 'in no deadlock');
$watch->();
is($unordered, 0, 'revisions come in their order');
my $rows = $admin->query("SELECT revision, tenant_id FROM tenant.config_history WHERE revision > $start ORDER BY revision")->{rows};
my @history = map { join ' ', @$_ } @$rows;
is(scalar(@seen), scalar(@history), 'the watcher has seen as many changes as there were');
is_deeply(\@seen, \@history, 'and just these');
is_answer($admin, q{SELECT count(*) > 500 FROM public.returned}, 't', 'many changes');
is_answer($admin, q{SELECT count(*) FROM public.returned r WHERE is_final AND NOT EXISTS (SELECT FROM tenant.config_history h
	WHERE (h.tenant_id, h.revision) = (r.tenant_id, r.revision))}, '0', 'what a statement of its own returned is final');
is_answer($admin, q{SELECT count(*) FROM public.returned r WHERE NOT is_final AND NOT EXISTS (SELECT FROM tenant.config_history h
	WHERE (h.tenant_id, coalesce(h.drawn, h.revision)) = (r.tenant_id, r.revision))}, '0', 'what was returned within something larger is its number, or was drawn for it');
is_answer($admin, q{SELECT count(*) FROM tenant.tenants t WHERE tenant_id ~ '^t' AND (revision, config) IS DISTINCT FROM
	(SELECT (h.revision, h.config) FROM tenant.config_history h WHERE h.tenant_id = t.tenant_id ORDER BY h.revision DESC LIMIT 1)}, '0', 'the registry agrees with the history');
is_answer($admin, q{SELECT count(*) FROM tenant.config_history WHERE config->>'n' = '-1'}, '0', 'nothing of what was rolled back');

done_testing();
