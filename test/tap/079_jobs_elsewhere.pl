# Jobs in whatever session: as another role, without preloading, with too few background workers, from pg_cron; what its workers have of
# the session.
use strict;
use warnings;

use TenantTest;
use Test::More;

my $node = tenant_node('main', 'max_worker_processes = 12', 'autovacuum = off');
create_shop($node);
$node->safe_psql('postgres', q{
	SELECT count(tenant.provision(format('00000000-0000-4000-8000-0000000000%s', lpad(i::text, 2, '0')), name => 'job' || i)) FROM generate_series(1, 20) i;
	ALTER ROLE shop_owner SET work_mem = '3MB';
	CREATE ROLE quiet NOLOGIN IN ROLE tenant_admin;
	GRANT shop_owner TO quiet;
	CREATE ROLE clerk LOGIN IN ROLE tenant_admin;
	SET SESSION AUTHORIZATION shop_owner;
	CREATE FUNCTION shop.connected_as() RETURNS name LANGUAGE sql AS 'SELECT usename FROM pg_stat_activity WHERE pid = pg_backend_pid()';
	CREATE TABLE shop.work (tenant_id uuid, done_by int DEFAULT pg_backend_pid(), roles text DEFAULT format('%s %s %s', shop.connected_as(), session_user, current_user),
		settings text DEFAULT concat_ws(' ', current_setting('search_path'), current_setting('work_mem'), nullif(current_setting('app.request_id'), ''), current_setting('my.own', true),
			current_setting('row_security'), current_setting('transaction_isolation'), nullif(current_setting('application_name'), '')));
	SELECT tenant.protect('shop.work');
	GRANT ALL ON shop.work TO quiet;
	GRANT USAGE ON SCHEMA shop TO quiet, clerk;
});

# Of the work that was done since: by how many processes, other than this one, for how many tenants, and as whom, with which settings.
sub done
{
	my ($pid) = @_;
	my $boss = superuser($node);
	$boss->do('SET row_security = off');
	my $done = $boss->answer('SELECT count(DISTINCT done_by) > 1, count(*), count(DISTINCT tenant_id), string_agg(DISTINCT roles, $$/$$), string_agg(DISTINCT settings, $$/$$)'
		. " FROM shop.work WHERE done_by <> $pid");
	$boss->do('DELETE FROM shop.work');
	return $done;
}

my $insert = 'INSERT INTO shop.work SELECT WHERE pg_sleep(0.01) IS NOT NULL';
my $call = "CALL tenant.for_each('$insert', 3, condition => \$\$name LIKE 'job%'\$\$)";

# As the session's user and role, with its settings.
my $owner = session($node, user => 'shop_owner');
is_answer($owner, $call, 'CALL', 'a job of an owner');
is(done($owner->{pid}), 't|20|20|shop_owner shop_owner shop_owner|"$user", public 3MB on read committed', 'by workers, with the settings of his role');
$owner->do($_) for 'SET work_mem = $$5MB$$', 'SET search_path = shop, pg_temp', 'SET app.request_id = $$r1$$', 'SET my.own = $$own$$', 'SET default_transaction_isolation = serializable',
  'SET application_name = $$nightly$$', 'SET row_security = off', 'SET app.tenant_id = $$22222222-2222-2222-2222-222222222222$$', 'SET client_encoding = LATIN1';
is_answer($owner, $call, 'CALL', 'after he has set some');
is(done($owner->{pid}), 't|20|20|shop_owner shop_owner shop_owner|shop, pg_temp 5MB r1 own on serializable nightly', 'by workers, with his settings');
is_answer($owner, 'SELECT tenant.current_id()', '22222222-2222-2222-2222-222222222222', 'and his tenant is what it was');
my $boss = superuser($node);
$boss->do('SET ROLE quiet');
is_answer($boss, $call, 'CALL', 'a role that may not log in, which was SET');
my ($boss_name) = split ' ', superuser($node)->answer('SELECT session_user');
is(done($boss->{pid}), "t|20|20|$boss_name $boss_name quiet|\"\$user\", public 4MB on read committed", 'its workers have that role');
$boss->do('SET SESSION AUTHORIZATION shop_owner');
is_answer($boss, $call, 'CALL', 'a session that was authorized as another user');
is(done($boss->{pid}), 't|20|20|shop_owner shop_owner shop_owner|"$user", public 4MB on read committed', 'its workers are that user');
$boss->do('SET SESSION AUTHORIZATION quiet');
if (superuser($node)->answer('SELECT current_setting($$server_version_num$$)::int / 10000') < 17)
{
	is_answer($boss, $call, '55000', 'one that may not log in has no workers');
	is_answer($boss, $call =~ s/, 3,/, 1,/r, 'CALL', 'but may run it by itself');
}
else
{
	is_answer($boss, $call, 'CALL', 'one that may not log in has workers');
	is(done($boss->{pid}), 't|20|20|quiet quiet quiet|"$user", public 4MB on read committed', 'who are that user');
}
$boss->close;
superuser($node)->do('SET row_security = off; DELETE FROM shop.work');
my $clerk = session($node, user => 'clerk');
is_answer($clerk, $call, 'CALL', 'a role without privileges');
is_answer($clerk, 'SELECT DISTINCT status, sqlstate, message FROM tenant.job_runs WHERE job_id = (SELECT max(job_id) FROM tenant.jobs)', 'failed|42501|permission denied for table work',
	'has none in workers either');

# Each tenant of a worker starts clean: what one leaves would fail the next, or have it wait.
my $litter = q{CREATE TEMP TABLE left_behind (a int); PREPARE left_behind AS SELECT 1; SELECT pg_advisory_lock(7); SELECT set_config('app.tenant_id', 'x', false);
	DECLARE left_behind CURSOR WITH HOLD FOR SELECT 1; SET ROLE tenant_admin; SET search_path = nowhere};
is_answer($owner, "CALL tenant.for_each('" . $litter =~ s/'/''/gr . "', 2, 'stop', \$\$name LIKE 'job%'\$\$)", 'CALL', 'tenants that leave much behind');
is_answer($owner, "CALL tenant.for_each('SELECT tenant.seal(true)', 2, 'stop', \$\$name LIKE 'job%'\$\$)", 'CALL', 'or seal the session');
$owner->close;

# A job of many tenants takes no more memory than one of few.
superuser($node)->do($_) for q{SELECT count(tenant.provision('many' || i)) FROM generate_series(1, 300) i}, 'CREATE TABLE public.memory (place serial, bytes bigint)';
is_answer(superuser($node), q{CALL tenant.for_each('INSERT INTO public.memory (bytes) SELECT sum(total_bytes) FROM pg_backend_memory_contexts', condition => 'tenant_id ~ $$many$$')}, 'CALL',
	'many tenants');
is_answer(superuser($node), 'SELECT max(bytes) FILTER (WHERE place > 200) - max(bytes) FILTER (WHERE place < 100) < 1000000 FROM public.memory', 't', 'and no more memory for them');
superuser($node)->do(q{DELETE FROM tenant.tenants WHERE tenant_id ~ 'many'});

# Loaded by nobody but the call, and by the session.
for my $setting ("shared_preload_libraries = ''", "session_preload_libraries = 'pg_tenant'")
{
	$node->append_conf('postgresql.conf', $setting);
	$node->restart;
	my $owner = session($node, user => 'shop_owner');
	is_answer($owner, $call, 'CALL', "with $setting");
	is(done($owner->{pid}), 't|20|20|shop_owner shop_owner shop_owner|"$user", public 3MB on read committed', 'workers did it');
	$owner->close;
}

# Fewer workers than were asked for, and none. The server itself has one for logical replication.
for my $case ([ 3, '2 of 3' ], [ 1, '0 of 3' ])
{
	my ($slots, $told) = @$case;
	$node->append_conf('postgresql.conf', "max_worker_processes = $slots\nmax_logical_replication_workers = 1");
	$node->restart;
	my ($status, $output, $errors) = $node->psql('postgres', $call, connstr => $node->connstr('postgres') . ' user=shop_owner');
	is($status, 0, "$told workers: the job is done");
	like($errors, qr/WARNING:  $told background workers can be started/, 'it says how many there are');
	like(done(0), qr/^[tf]\|20\|20\|/, 'each tenant is done once');
}

# From pg_cron, by a connection or by a background worker. The shortest interval is a minute, but the start of the server is an occasion too.
$node->append_conf('postgresql.conf', "max_worker_processes = 12\nshared_preload_libraries = 'pg_tenant, pg_cron'\ncron.host = '" . $node->host . "'");
$node->restart;
superuser($node)->do($_) for 'CREATE EXTENSION pg_cron', 'GRANT USAGE ON SCHEMA cron TO shop_owner', "DELETE FROM tenant.jobs";
session($node, user => 'shop_owner')->do("SELECT cron.schedule('$_->[0]', '\@reboot', \$cron\$CALL tenant.for_each('$insert', $_->[1], condition => \$\$name LIKE 'job%'\$\$, job => '$_->[0]')\$cron\$)")
  for [ 'serial', 1 ], [ 'parallel', 3 ];
superuser($node)->do("UPDATE cron.job SET nodename = '@{[$node->host]}', nodeport = @{[$node->port]}");
for my $by_worker ('off', 'on')
{
	superuser($node)->do('TRUNCATE cron.job_run_details');
	$node->append_conf('postgresql.conf', "cron.use_background_workers = $by_worker");
	$node->restart;
	$node->poll_query_until('postgres', q{SELECT count(*) = 2 FROM cron.job_run_details WHERE status IN ('succeeded', 'failed')}) or die 'the jobs do not run';
	is_answer(superuser($node), 'SELECT command ~ $$serial$$, status, return_message FROM cron.job_run_details ORDER BY 1', 'f|succeeded|CALL,t|succeeded|CALL', "pg_cron, background workers $by_worker");
	is(done(0) =~ s/(.*?\|){3}//r =~ s/\|.*//r, 'shop_owner shop_owner shop_owner', 'as who scheduled it');
	is_answer(superuser($node), q{SELECT name, count(*), string_agg(DISTINCT r.status, ',') FROM tenant.jobs JOIN tenant.job_runs r USING (job_id) GROUP BY job_id ORDER BY job_id DESC LIMIT 2}
			=~ s/ORDER BY job_id DESC LIMIT 2/HAVING job_id > (SELECT max(job_id) - 2 FROM tenant.jobs) ORDER BY 1/r,
		'parallel|20|done,serial|20|done', 'for each tenant once');
}
$node->stop;
done_testing();
