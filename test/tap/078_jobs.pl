# A job that is interrupted: its session, a background worker or the server is killed, cancelled or stopped in the middle. Called again,
# it ends with each tenant done once: what was done for a tenant is there exactly if its record is.
use strict;
use warnings;

use TenantTest;
use Test::More;

my $node = tenant_node('main', 'max_worker_processes = 12', 'autovacuum = off');
create_shop($node);
# Twenty tenants. shop.work() does a tenant's work once; that of tenants 5, 10, 15 and 20 waits then, while somebody holds lock 1.
$node->safe_psql('postgres', q{
	SELECT count(tenant.provision(format('00000000-0000-4000-8000-0000000000%s', lpad(i::text, 2, '0')), name => 'job' || i)) FROM generate_series(1, 20) i;
	SET SESSION AUTHORIZATION shop_owner;
	CREATE TABLE shop.work (tenant_id uuid, done_by int DEFAULT pg_backend_pid(), who text DEFAULT format('%s %s', session_user, current_user), path text DEFAULT current_setting('search_path'),
		request text DEFAULT current_setting('app.request_id'), own text DEFAULT current_setting('my.own', true));
	SELECT tenant.protect('shop.work');
	CREATE FUNCTION shop.work() RETURNS void LANGUAGE plpgsql AS $$
	BEGIN
		INSERT INTO shop.work DEFAULT VALUES;
		IF right(tenant.current_id(), 2)::int % 5 = 0 THEN
			PERFORM pg_advisory_xact_lock_shared(1);
		END IF;
	END $$;
});
my $condition = q{condition => $$name LIKE 'job%'$$};

# A session that runs the job, and so many of whose processes wait.
sub run_to_the_middle
{
	my ($call, $waiting, @who) = @_;
	my $holder = superuser($node);
	$holder->do('SELECT pg_advisory_lock(1)');
	my $runner = session($node, user => 'shop_owner', @who);
	$runner->send('Q', "$call\0");
	ok($node->poll_query_until('postgres', "SELECT count(*) = $waiting FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"), "$waiting: $call");
	return ($runner, $holder);
}

sub restarted
{
	my ($runner, $holder) = @_;
	is($runner->finish->{closed}, 1, 'the session is gone');
	$holder->finish;
	$node->poll_query_until('postgres', 'SELECT true') or die 'the server does not come back';
	return;
}

# How many tenants are done by the record, by their work, and by both.
sub done
{
	my $boss = superuser($node);
	$boss->do('SET row_security = off');
	return Wire::told($boss->query(q{
		WITH runs AS (SELECT tenant_id FROM tenant.job_runs WHERE status = 'done' AND job_id = (SELECT max(job_id) FROM tenant.jobs)),
			work AS (SELECT tenant_id::text FROM shop.work)
		SELECT (SELECT count(*) FROM runs), (SELECT count(*) FROM work), (SELECT count(DISTINCT tenant_id) FROM runs JOIN work USING (tenant_id))}));
}

sub forget
{
	my $boss = superuser($node);
	$boss->do('SET row_security = off');
	$boss->do('DELETE FROM shop.work');
	$boss->do('SELECT tenant.forget_jobs(now())');
	is_answer($boss, 'SELECT count(*) FROM tenant.jobs', '0', 'the records are forgotten');
	return;
}

sub last_job { return superuser($node)->answer('SELECT max(job_id) FROM tenant.jobs'); }

sub workers { return superuser($node)->answer(q{SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'pg_tenant job'}); }

sub no_workers { return $node->poll_query_until('postgres', q{SELECT count(*) = 0 FROM pg_stat_activity WHERE backend_type = 'pg_tenant job'}); }

my $named = "CALL tenant.for_each('SELECT shop.work()', 1, 'collect', $condition, job => 'work')" =~ s/condition => //r;
my $parallel = $named =~ s/, 1,/, 3,/r;
my $counts = 'SELECT status, count(*), sum(attempt) FROM tenant.job_runs WHERE job_id = (SELECT max(job_id) FROM tenant.jobs) GROUP BY 1 ORDER BY 1';

# The session's backend, killed. 1 to 4 are done.
my ($runner, $holder) = run_to_the_middle($named, 1);
is_answer(session($node, user => 'shop_owner'), 'SELECT pid, datname, workers, tenants_total, tenants_done, tenants_failed, tenants_skipped FROM tenant.stat_progress_jobs',
	"$runner->{pid}|postgres|0|20|4|0|0", 'how far it has come');
is_answer(session($node, user => 'shop_owner'), $named, '55006', 'two sessions do not run it');
is_answer(session($node, user => 'shop_owner'), 'CALL tenant.resume_job(1)', '55006', 'nor resume it');
is_answer(session($node, user => 'shop_owner'), q{SELECT tenant.forget_jobs('infinity')}, '0', 'nobody forgets it');
kill 'KILL', $runner->{pid};
restarted($runner, $holder);
is(done(), '4|4|4', 'four are done, as recorded');
is_answer(superuser($node), $counts, 'done|4|4,pending|15|0,running|1|1', 'one was interrupted');
is_answer(superuser($node), 'SELECT count(*) FROM tenant.stat_progress_jobs', '0', 'nothing is under way');
is_answer(session($node, user => 'shop_owner'), $parallel, 'CALL', 'the next call goes on');
is(done(), '20|20|20', 'each is done once');
is_answer(superuser($node), $counts, 'done|20|21', 'one at the second attempt');
is_answer(superuser($node), 'SELECT count(*), bool_and(finished_at IS NOT NULL) FROM tenant.jobs', '1|t', 'it was one job');
forget();

# Nothing is over yet.
($runner, $holder) = run_to_the_middle($named =~ s/shop.work\(\)/pg_advisory_xact_lock_shared(1)/r, 1);
is_answer(session($node, user => 'shop_owner'), 'SELECT pid, tenants_total, tenants_done FROM tenant.stat_progress_jobs', "$runner->{pid}|20|0", 'from the first tenant on');
$holder->close;
is(Wire::told($runner->finish), 'CALL', 'and the job ends');
forget();

# A background worker, killed. Three wait at 5, 10 and 15.
($runner, $holder) = run_to_the_middle($parallel, 3);
is(workers(), '3', 'three workers');
like(superuser($node)->answer('SELECT workers, tenants_total FROM tenant.stat_progress_jobs'), qr/^3\|20$/, 'which the progress says');
is_answer(superuser($node), q{SELECT count(DISTINCT query) || min(query) FROM pg_stat_activity WHERE backend_type = 'pg_tenant job'}, '1SELECT shop.work()', 'and what they run');
is_answer(superuser($node), "SELECT backend_xmin IS NULL FROM pg_stat_activity WHERE pid = $runner->{pid}", 't', 'the session holds no snapshot');
kill 'KILL', superuser($node)->answer(q{SELECT pid FROM pg_stat_activity WHERE backend_type = 'pg_tenant job' LIMIT 1});
restarted($runner, $holder);
is(done(), '12|12|12', 'twelve are done, as recorded');
is(workers(), '0', 'no worker comes back');
is_answer(session($node, user => 'shop_owner'), $named, 'CALL', 'the next call goes on');
is(done(), '20|20|20', 'each is done once');
is_answer(superuser($node), $counts, 'done|20|23', 'three at the second attempt');
forget();

# The server, stopped at once.
($runner, $holder) = run_to_the_middle($parallel, 3);
$node->stop('immediate');
$node->start;
is(done(), '12|12|12', 'twelve are done, as recorded');
is_answer(session($node, user => 'app'), 'CALL tenant.resume_job(1)', '42501', 'not everybody resumes it');
is_answer(session($node, user => 'shop_owner'), "CALL tenant.resume_job(@{[last_job()]}, parallel => 2)", 'CALL', 'it is resumed');
is(done(), '20|20|20', 'each is done once');
forget();

# The session is cancelled, or terminated: its workers end.
for my $case ([ 'pg_cancel_backend', $named, 1, 4, '57014' ], [ 'pg_cancel_backend', $parallel, 3, 12, '57014' ], [ 'pg_terminate_backend', $parallel, 3, 12, '57P01' ])
{
	my ($how, $call, $waiting, $done, $state) = @$case;
	($runner, $holder) = run_to_the_middle($call, $waiting);
	superuser($node)->do("SELECT $how($runner->{pid})");
	is(Wire::told($runner->finish), $state, "$how ends it");
	ok(no_workers(), 'and its workers');
	is(done(), "$done|$done|$done", "$done are done");
	ok($node->poll_query_until('postgres', 'SELECT count(*) = 0 FROM tenant.stat_progress_jobs'), 'no report is left');
	is_answer($runner, 'SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND NOT fastpath AND locktype <> $$virtualxid$$', '0', 'no lock is left') if $state eq '57014';
	$holder->close;
	is_answer(session($node, user => 'shop_owner'), $call, 'CALL', 'the next call goes on');
	is(done(), '20|20|20', 'each is done once');
	forget();
}

# A worker is cancelled, or terminated: that fails its tenant, and no other.
for my $case ([ 'pg_cancel_backend', '57014|canceling statement due to user request' ], [ 'pg_terminate_backend', '57P01|the background worker was terminated' ])
{
	my ($how, $recorded) = @$case;
	($runner, $holder) = run_to_the_middle($parallel, 3);
	superuser($node)->do("SELECT $how(pid) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND pid =
		(SELECT min(pid) FROM pg_stat_activity WHERE backend_type = 'pg_tenant job')");
	ok($node->poll_query_until('postgres', q{SELECT count(*) = 3 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted}), 'another one comes to where it waits');
	$holder->close;
	is(Wire::told($runner->finish), 'CALL', "$how of a worker: the job ends");
	is(done(), '19|19|19', 'the others are done');
	is_answer(superuser($node), q{SELECT sqlstate, message FROM tenant.job_runs WHERE status = 'failed'}, $recorded, 'one failed');
	is_answer($runner, "CALL tenant.resume_job(@{[last_job()]}, retry => true)", 'CALL', 'it is tried again');
	is(done(), '20|20|20', 'each is done once');
	forget();
}

# Commands that end their own process.
my $deadly = q{SELECT shop.work(); SELECT pg_terminate_backend(pg_backend_pid()) WHERE right(tenant.current_id(), 2)::int %% 7 = 0};
is_answer(superuser($node), sprintf("CALL tenant.for_each('$deadly', 2, 'collect', %s)", $condition =~ s/condition => //r), 'CALL', 'workers that die are replaced');
is(done(), '18|18|18', 'the others are done');
is_answer(superuser($node), $counts, 'done|18|18,failed|2|2', 'two failed');
forget();

# A limit of time, a tenant that is suspended meanwhile, and on_error => 'stop', in parallel.
($runner, $holder) = run_to_the_middle($parallel =~ s/\)$/, time_limit => '3 s')/r, 3);
superuser($node)->do(q{SELECT tenant.suspend(tenant_id) FROM tenant.tenants WHERE name = 'job19'});
is(Wire::told($runner->finish), 'CALL', 'the job ends though the lock is held');
$holder->close;
is_answer(superuser($node), q{SELECT right(tenant_id, 2), status, sqlstate, message FROM tenant.job_runs WHERE status <> 'done' ORDER BY 1},
	'05|failed|57014|the time limit ran out,10|failed|57014|the time limit ran out,15|failed|57014|the time limit ran out,'
	  . '19|skipped|TN003|tenant "00000000-0000-4000-8000-000000000019" is suspended,20|failed|57014|the time limit ran out', 'limited and skipped');
is(done(), '15|15|15', 'the others are done');
superuser($node)->do(q{SELECT tenant.resume(tenant_id) FROM tenant.tenants WHERE name = 'job19'});
forget();
my $stopped = $parallel =~ s/'collect'/'stop'/r =~ s/work\(\)'/work(); SELECT 1 \/ (right(tenant.current_id(), 2)::int % 4)'/r;
is_answer(session($node, user => 'shop_owner'), $stopped, '22012', 'a failure stops the others');
my ($done) = split /\|/, done();
ok($done >= 3 && $done < 15, "$done are done");
is_answer(session($node, user => 'shop_owner'), 'SELECT count(*) FROM tenant.jobs WHERE finished_at IS NULL', '1', 'it is not finished');
forget();
$node->stop;
done_testing();
