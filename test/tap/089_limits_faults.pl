# A statement under limits is cancelled, its session ended or killed, or malloc() fails, at any point of its way: while it is let through, waits for a place, runs, tries an
# open breaker, commits. Afterwards nobody has a place, a session, a trial or a turn that is not there, and quotas know what is stored.
use strict;
use warnings;

use Faults;
use IO::Select;
use PostgreSQL::Test::Utils;
use TenantTest;
use Test::More;
use Time::HiRes 'usleep';

my $blue = BLUE;
my $node = faulty_node('main', "deadlock_timeout = '20ms'");
my $boss = boss();
my $limits = '"statements_per_second": 100000, "concurrent_statements": 1, "concurrent_wait": "1h", "sessions": 2, "statement_timeout": "1min", "idle_in_transaction_timeout": "1min",
	"work_mem": "1MB", "rows_per_result": 1000, "rows_per_table": 30, "bytes": "1GB", "per_role": {"statements_per_second": 100000}, "breaker": {"minimum": 1000}';
my $insert = 'INSERT INTO shop.lines (id, item) SELECT i, 1 FROM generate_series(100, 120) i';
# Half of its points are where it runs.
my $read = 'SELECT count(n::text) FROM shop.items, generate_series(1, 200) n';
my %statement = (
	read => { sql => $read },
	write => { sql => $insert },
	inside => { sql => "DO \$\$ BEGIN PERFORM tenant.set('$blue'); $insert; END \$\$", is_nobodys => 1 },
	cursor => { sql => 'DECLARE c CURSOR WITH HOLD FOR SELECT id FROM shop.items; FETCH c; CLOSE c' },
	trial => { sql => $read, limits => $limits =~ s/"minimum": 1000/"minimum": 1, "ratio": 0.0001, "timeout": "1ms"/r, before => \&open_breaker },
	queue => { sql => $read, is_queued => 1 });

sub boss { my $session = superuser($node); $session->do('SET row_security = off'); return $session; }

# The other session of the tenant, which goes on. Who waits for a place that is not given back is told.
my $other;
sub connect_other { $other = session($node, tenant => $blue); $other->do(q{SET statement_timeout = '20s'}); return; }

sub open_breaker
{
	$other->query(q{DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '58030'; END $$});
	die 'no open breaker' if $boss->answer("SELECT state FROM tenant.breakers WHERE tenant_id = '$blue'") ne 'open';
	return;
}

# A breaker lets one through after a moment; nothing else does.
sub served
{
	my ($session, $sql) = @_;
	my $answer;
	for (1 .. 1000)
	{
		$answer = $session->answer($sql);
		last if $answer ne 'TN008';
		usleep(1000);
	}
	return $answer;
}

sub until_true
{
	my ($sql, $or) = @_;
	for (1 .. 6000) { return if $boss->answer("SELECT $sql") eq 't' || (defined $or && $or->()); usleep(5000); }
	die "not so: $sql";
}

# How a statement ends that is to fail at this point; with its session.
sub run_one
{
	my ($statement, $kind, $at) = @_;
	$statement->{before}->() if defined $statement->{before};
	my $session = session($node, tenant => $statement->{is_nobodys} ? undef : $blue);
	if ($statement->{is_queued})
	{
		$boss->do('SELECT pg_advisory_lock(1)');
		$other->send('Q', "SELECT pg_advisory_xact_lock_shared(1)\0");
		wait_for_lock($node, $other);
	}
	my $is_killed_waiting = $statement->{is_queued} && $kind eq 'k';
	$session->send('Q', ($is_killed_waiting ? '' : "/*fault $kind $at 1*/ ") . "$statement->{sql}\0");
	if ($statement->{is_queued})
	{
		# It waits, or has an answer.
		my $answer = IO::Select->new($session->{socket});
		until_true("EXISTS (SELECT FROM pg_stat_activity WHERE pid = $session->{pid} AND wait_event_type = 'Extension')", sub { $answer->can_read(0) });
		$is_killed_waiting ? kill('KILL', $session->{pid}) : $boss->do('SELECT pg_advisory_unlock(1)');
		$other->finish;
	}
	my $result = $session->finish;
	return ($session, $result->{sqlstate} // ($result->{closed} ? 'closed' : 'done'));
}

# What is wrong afterwards, as lines.
sub wrong_after
{
	my ($session, $goes_on) = @_;
	my @wrong;
	push @wrong, map { "its session then gets $_" } grep { $_ ne '7' } served($session, '/*fault off*/ SELECT 7') if $goes_on;
	$session->close;
	until_true("NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = $session->{pid})");
	push @wrong, "the other session gets $_" for grep { !/^DELETE/ } served($other, 'DELETE FROM shop.lines WHERE id >= 100');
	my $next = session($node, tenant => $blue);
	push @wrong, "a new session gets $_" for grep { $_ ne '2' } served($next, 'SELECT count(*) FROM shop.items');
	$next->close;
	until_true("NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = $next->{pid})");
	push @wrong, "statistics say $_" for grep { $_ ne '1|0|t' }
	  $boss->answer('SELECT sum(sessions), sum(running), bool_and(n >= 0) FROM (SELECT sessions, running, (SELECT min(n) FROM unnest(counters || errors || refusals || latency) n) AS n FROM tenant.tenant_counters()) c');
	push @wrong, "quotas say $_" for grep { $_ ne '' }
	  $boss->answer(qq{SELECT coalesce(string_agg(relation || ' ' || rows, ', '), '') FROM tenant.quotas WHERE is_known AND tenant_id = '$blue' AND rows <> CASE relation::text
		WHEN 'shop.lines' THEN (SELECT count(*) FROM shop.lines WHERE tenant_id = '$blue') ELSE (SELECT count(*) FROM shop.items WHERE tenant_id = '$blue') END});
	return @wrong;
}

# At so many of its points; each statement is a test.
sub try_points
{
	my ($kind, $wanted, $allowed, @names) = @_;
	for my $name (@names ? @names : sort keys %statement)
	{
		my $statement = $statement{$name};
		limit_tenant($boss, $blue, $statement->{limits} // $limits);
		my ($all, %ends, @wrong);
		# Twice: the first time quotas are counted.
		for (1 .. 2)
		{
			my ($counting) = run_one($statement, $kind eq 'm' ? 'm' : 'n', 1_000_000_000);
			$all = $counting->answer('/*fault off*/ SELECT faults.reached()');
			push @wrong, wrong_after($counting, 1);
		}
		for my $at (spread($wanted, $all))
		{
			my ($session, $ended) = run_one($statement, $kind, $at);
			$ends{$ended}++;
			push @wrong, "$kind $at: ended with $ended" if $ended !~ $allowed;
			push @wrong, map { "$kind $at: $_" } wrong_after($session, $kind ne 't');
			last if @wrong > 3;
		}
		push @wrong, 'no fault' if !grep { $_ ne 'done' } keys %ends;
		is(join("\n", @wrong), '', "$name: fault $kind, $all points: " . join ', ', map { "$ends{$_} $_" } sort keys %ends);
	}
	return;
}

connect_other();
try_points('c', 16, qr/^(57014|done)$/);
try_points('t', 10, qr/^(57P01|closed|done)$/);
try_points('m', 12, qr/^(53200|done)$/);
is($boss->answer(qq{SELECT count(*) > 1 FROM tenant.quotas WHERE is_known AND tenant_id = '$blue'}), 't', 'quotas have been counted');

# A backend that is killed takes all with it.
for my $name ('queue', 'trial')
{
	limit_tenant($boss, $blue, $statement{$name}{limits} // $limits);
	my ($killed, $ended) = run_one($statement{$name}, 'k', 200);
	is($ended, 'closed', "$name: killed");
	until_it_is_back($node);
	$boss = boss();
	connect_other();
	is(join("\n", wrong_after($killed, 0)), '', "$name: nothing is left of it");
}
done_testing();
