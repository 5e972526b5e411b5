# What the tests of faults share: a server whose commands can be made to fail at any point of their way (test/faults), a shop with
# a hostile neighbour, the commands, and the check that after a fault nothing is lost and nothing is open.
# FAULTS=n makes n times as many points of each command fail, SEED=n others.
package Faults;

use strict;
use warnings;

use Exporter 'import';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use TenantTest;
use Test::More;
use Time::HiRes 'usleep';

our @EXPORT = qw(faulty_node state_of isolation_of make commands wait_for_lock lasting try_faults spread until_it_is_back);

my ($blue, $red, $nobody) = (BLUE, RED, NOBODY);
my $rounds = $ENV{FAULTS} || 1;
srand($ENV{SEED} || 1);

# Its tables: shop.items and shop.lines are protected all the time; the others are the commands'.
sub faulty_node
{
	my ($name, @lines) = @_;
	my $library = build_library();
	local $ENV{LD_PRELOAD} = join ' ', grep { defined } $ENV{LD_PRELOAD}, $library;
	# A library that is loaded by half when memory is short cannot be loaded again: plpgsql, which is not ours, is there before.
	my $node = tenant_node($name, "shared_preload_libraries = 'pg_tenant, plpgsql'", 'autovacuum = off', 'jit = off',
		'max_connections = 50', 'max_parallel_workers_per_gather = 0', @lines);
	$node->{preloaded} = $ENV{LD_PRELOAD};
	create_shop($node);
	my $tree = $ENV{PG_TENANT_TREE};
	my $super = superuser($node);
	$super->do(slurp_file("$tree/test/faults/state.sql"));
	$super->do("CREATE FUNCTION faults.$_() RETURNS bigint LANGUAGE c AS '$library', 'faults_$_'") for 'reached', 'fired';
	my $owner = session($node, user => 'shop_owner');
	$owner->do($_) for
	  'CREATE TABLE shop.lines (tenant_id uuid, id int, item int, note text, PRIMARY KEY (tenant_id, id),
		FOREIGN KEY (tenant_id, item) REFERENCES shop.items ON DELETE CASCADE)',
	  "INSERT INTO shop.lines VALUES ('$blue', 1, 1, 'mine'), ('$red', 2, 3, 'CANARY')",
	  "SELECT tenant.protect('shop.lines')",
	  'CREATE FUNCTION shop.touch() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW.note := NEW.note || $s$ touched$s$; RETURN NEW; END$$',
	  'CREATE TRIGGER touch BEFORE INSERT ON shop.lines FOR EACH ROW EXECUTE FUNCTION shop.touch()';
	$owner->do("SET app.tenant_id = '$red'; UPDATE shop.items SET name = 'CANARY'");
	return $node;
}

sub build_library
{
	my ($major) = `pg_config --version` =~ /(\d+)/;
	my $library = "$ENV{TESTDATADIR}/faults.so";
	# strlen() must not become a call of strlen().
	system_or_bail('gcc', '-O1', '-Wall', '-fPIC', '-shared', '-fno-builtin', '-fno-tree-loop-distribute-patterns',
		"-I/usr/include/postgresql/$major/server", '-o', $library, "$ENV{PG_TENANT_TREE}/test/faults/faults.c");
	return $library;
}

my $make_stock = "DROP TABLE IF EXISTS shop.marks, shop.stock; CREATE TABLE shop.stock (tenant_id uuid, id int, note text, PRIMARY KEY (tenant_id, id)); CREATE INDEX ON shop.stock (note);
	INSERT INTO shop.stock SELECT t::uuid, i, CASE t WHEN '$red' THEN 'CANARY' ELSE 'mine' END FROM unnest(ARRAY['$blue', '$red']) t, generate_series(1, 300) i;
	CREATE TABLE shop.marks (tenant_id uuid, item int, FOREIGN KEY (tenant_id, item) REFERENCES shop.stock);
	INSERT INTO shop.marks SELECT t::uuid, 7 FROM unnest(ARRAY['$blue', '$red']) t; SELECT tenant.protect('shop.marks')";
my $make_notes = "DROP TABLE IF EXISTS shop.notes; CREATE TABLE shop.notes (tenant_id uuid, id int, item int, note text,
	FOREIGN KEY (tenant_id, item) REFERENCES shop.items) PARTITION BY RANGE (id);
	CREATE TABLE shop.notes_1 PARTITION OF shop.notes FOR VALUES FROM (0) TO (100); CREATE TABLE shop.notes_2 PARTITION OF shop.notes DEFAULT;
	INSERT INTO shop.notes SELECT '$blue', i * 30, 1, 'mine' FROM generate_series(1, 5) i; INSERT INTO shop.notes SELECT '$red', i * 30, 3, 'CANARY' FROM generate_series(1, 5) i";
# Marked always at the same moment, so that it can be compared.
my $make_bins = "DROP TABLE IF EXISTS shop.scraps, shop.bins; CREATE TABLE shop.bins (tenant_id uuid, id int, note text, deleted_at timestamptz, PRIMARY KEY (tenant_id, id));
	CREATE TABLE shop.scraps (tenant_id uuid, id int, bin int, deleted_at timestamptz, FOREIGN KEY (tenant_id, bin) REFERENCES shop.bins ON DELETE CASCADE);
	INSERT INTO shop.bins SELECT t::uuid, i, CASE t WHEN '$red' THEN 'CANARY' ELSE 'mine' END, CASE WHEN i > 20 THEN timestamptz '2026-01-01' END
		FROM unnest(ARRAY['$blue', '$red']) t, generate_series(1, 40) i;
	INSERT INTO shop.scraps SELECT tenant_id, id, id, deleted_at FROM shop.bins;
	CREATE OR REPLACE FUNCTION shop.still() RETURNS trigger LANGUAGE plpgsql AS \$f\$BEGIN IF NEW.deleted_at > '2026-01-01' THEN NEW.deleted_at := '2026-01-01'; END IF; RETURN NEW; END\$f\$;
	CREATE TRIGGER still BEFORE UPDATE ON shop.bins FOR EACH ROW EXECUTE FUNCTION shop.still();
	SELECT tenant.protect('shop.bins'); SELECT tenant.protect('shop.scraps'); SELECT tenant.enable_soft_delete('shop.bins'); SELECT tenant.enable_soft_delete('shop.scraps')";
my $forget = "DELETE FROM tenant.tenants WHERE tenant_id = '$nobody'; UPDATE tenant.tenants SET status = 'active', name = NULL";
my $drop_written = "SET row_security = off; DELETE FROM shop.items WHERE id >= 100; DELETE FROM shop.lines WHERE id >= 100;
	UPDATE shop.items SET name = 'two' WHERE id = 2; RESET row_security";
my $copied = join '', map { "$_\t1\tcopied\n" } 100 .. 150;
my $copied_items = join '', map { "$_\tcopied\n" } 100 .. 300;

# name => {make: what a superuser runs to have things as before it; owner_makes: the same for the owner; as: who runs it; sql; data: what it copies in}.
sub commands
{
	return (
		protect => { owner_makes => $make_notes, as => 'shop_owner', sql => "SELECT tenant.protect('shop.notes', register => true)" },
		unprotect => { owner_makes => "$make_notes; SELECT tenant.protect('shop.notes')", as => 'shop_owner', sql => "SELECT tenant.unprotect('shop.notes')" },
		partition => { owner_makes => $make_stock, as => 'shop_owner', sql => "SELECT tenant.protect('shop.stock', partitions => 3)" },
		isolate_tenant => { owner_makes => "$make_stock; SELECT tenant.protect('shop.stock', partitions => 1)", as => 'shop_owner',
			sql => "CALL tenant.isolate_tenant('shop.stock', '$blue', 50)" },
		provision => { make => $forget, as => 'shop_owner', sql => "SELECT tenant.provision('$nobody', 'new')" },
		suspend => { make => $forget, as => 'shop_owner', sql => "SELECT tenant.suspend('$red', 'unpaid')" },
		switch => { as => 'app', tenant => $red, sql => "SET app.tenant_id = '$blue'; SELECT id FROM shop.items ORDER BY id" },
		execute => { make => $drop_written, as => 'app', tenant => $red, sql => "SELECT tenant.execute('$blue', 'UPDATE shop.items SET name = \$\$changed\$\$ WHERE id = 2')" },
		soft_delete => { owner_makes => $make_bins, as => 'app', tenant => $blue, sql => 'DELETE FROM shop.bins WHERE id < 20' },
		restore_rows => { owner_makes => $make_bins, as => 'shop_owner', tenant => $blue, sql => "SELECT tenant.restore_rows('shop.bins', 'id > 25')" },
		purge_deleted => { owner_makes => $make_bins, as => 'shop_owner', tenant => $blue, sql => "CALL tenant.purge_deleted('shop.scraps', '1 day')" },
		insert => { make => $drop_written, as => 'app', tenant => $blue, sql => 'INSERT INTO shop.lines (id, item) SELECT i, 1 FROM generate_series(100, 120) i' },
		copy_from => { make => $drop_written, as => 'app', tenant => $blue, sql => 'COPY shop.items (id, name) FROM STDIN', data => $copied_items },
		copy_from_as_insert => { make => $drop_written, as => 'app', tenant => $blue, sql => 'COPY shop.lines (id, item, note) FROM STDIN', data => $copied },
		copy_to => { as => 'app', tenant => $blue, sql => 'COPY shop.items (id, name) TO STDOUT' },
		all_tenants => { make => $drop_written, as => 'super', sql => "SET row_security = off; UPDATE shop.items SET name = 'changed' WHERE id = 2; RESET row_security" });
}

sub session_for
{
	my ($node, $command) = @_;
	return $command->{as} eq 'super' ? superuser($node) : session($node, user => $command->{as}, tenant => $command->{tenant});
}

# Sessions that go on from one fault to the next, as other clients' do; new ones where they are gone.
sub lasting
{
	my ($node, $name) = @_;
	my $held = $node->{lasting}{$name};
	return $held if defined $held && Wire::told($held->query('SELECT 1')) eq '1';
	my $new =
	    $name eq 'super' ? superuser($node)
	  : $name eq 'owner' ? session($node, user => 'shop_owner')
	  : session($node, tenant => $name eq 'none' ? undef : $name);
	$new->do('SET row_security = off') if $name eq 'super';
	return $node->{lasting}{$name} = $new;
}

sub state_of
{
	my ($node) = @_;
	return Wire::told(lasting($node, 'super')->query('SELECT faults.state()'));
}

sub findings
{
	my ($node) = @_;
	return Wire::told(lasting($node, 'super')->query('SELECT faults.findings()'));
}

sub make
{
	my ($node, $command) = @_;
	superuser($node)->do($command->{make}) if defined $command->{make};
	lasting($node, 'owner')->do($command->{owner_makes}) if defined $command->{owner_makes};
	return;
}

# What is wrong with the isolation, as lines; nothing where all is well. Every protected table shows the tenant's rows, all of them and no others.
sub isolation_of
{
	my ($node, @sessions) = @_;
	my $super = lasting($node, 'super');
	my $tables = $super->answer('SELECT faults.asked()');
	my $count = sub {
		my ($session, $tenant) = @_;
		my $result = $session->query("SELECT faults.count_rows('$tables', '$tenant')");
		return join ': ', grep { defined } Wire::told($result), $result->{message};
	};
	my @wrong;
	for my $tenant ($blue, $red)
	{
		my $all = $count->($super, $tenant);
		my $expected = Wire::told($super->query("SELECT status FROM tenant.tenants WHERE tenant_id = '$tenant'")) eq 'suspended' ? qq{TN003: tenant "$tenant" is suspended} : $all =~ s/\+\d+/+0/gr;
		for my $session (lasting($node, $tenant), map { $_->{is_of} eq $tenant ? $_ : () } @sessions)
		{
			my $seen = $count->($session, $tenant);
			push @wrong, "$tenant sees $seen, not $expected" if $seen ne $expected;
		}
	}
	my $told = lasting($node, $blue)->answer('SELECT i::text, l::text FROM shop.items i, shop.lines l');
	push @wrong, "it is told $told" if $told =~ /CANARY|$red/;
	push @wrong, "a row for another is written: $_" for grep { !/^(42501|TN003)$/ } lasting($node, $blue)->answer("INSERT INTO shop.items VALUES ('$red', 999)");
	push @wrong, "nobody sees $_" for grep { $_ ne 'TN001' } lasting($node, 'none')->answer('SELECT count(*) FROM shop.items');
	return join "\n", @wrong;
}

# Runs a command that is to fail at this point; the answer. Beside the kinds of the library: s, statement_timeout after so many milliseconds;
# l, lock_timeout while it waits for this table, which another session has; e, pg_terminate_backend() then.
sub run_with
{
	my ($node, $session, $command, $kind, $at) = @_;
	$session->do("SET statement_timeout = $at") if $kind eq 's';
	$session->do('SET lock_timeout = 30') if $kind eq 'l';
	my $blocker = $kind =~ /[le]/ ? blocker($node, $at) : undef;
	my $sql = $kind =~ /[sle]/ ? $command->{sql} : "/*fault $kind $at 1*/ $command->{sql}";
	return $session->copy($sql, $command->{data}) if defined $command->{data};
	$session->send('Q', "$sql\0");
	if ($kind eq 'e')
	{
		wait_for_lock($node, $session);
		lasting($node, 'super')->do("SELECT pg_terminate_backend($session->{pid})");
	}
	return $session->finish;
}

sub blocker
{
	my ($node, $table) = @_;
	my $session = superuser($node);
	$session->do("BEGIN; LOCK TABLE ONLY $table IN SHARE MODE");
	return $session;
}

sub wait_for_lock
{
	my ($node, $session) = @_;
	my $super = lasting($node, 'super');
	for (1 .. 6000)
	{
		return if $super->answer("SELECT EXISTS (SELECT FROM pg_locks WHERE pid = $session->{pid} AND NOT granted)") eq 't';
		usleep(10_000);
	}
	die 'it does not wait';
}

# How many points a command passes.
sub points
{
	my ($node, $command, $kind) = @_;
	my $session = session_for($node, $command);
	my $result = run_with($node, $session, $command, $kind =~ /[mw]/ ? $kind : 'n', 1_000_000_000);
	die "$command->{sql}: $result->{message}" if defined $result->{sqlstate};
	return $session->answer('/*fault off*/ SELECT faults.reached()');
}

# Some of so many points, from the first to the last.
sub spread
{
	my ($wanted, $all) = @_;
	$wanted *= $rounds;
	return 1 .. $all if $wanted >= $all;
	my %points = map { (1 + int(($_ + rand) * $all / $wanted)) => 1 } 0 .. $wanted - 1;
	my @points = sort { $a <=> $b } keys %points;
	return @points;
}

# A server that died comes back: by itself, or, if its postmaster is dead, since it is started again.
sub until_it_is_back
{
	my ($node, $is_postmaster) = @_;
	if ($is_postmaster)
	{
		local $ENV{LD_PRELOAD} = $node->{preloaded};
		# Until its children have gone. A start that fails takes what the dead one's file says for its own.
		do { $node->kill9; usleep(20_000); } until $node->start(fail_ok => 1);
	}
	for (1 .. 6000)
	{
		my $session = eval { superuser($node) };
		return if defined $session && !defined $session->{refused} && Wire::told($session->query('SELECT 1')) eq '1';
		usleep(10_000);
	}
	die 'the server does not come back';
}

my %deadly = (k => 1, p => 1);

# A command fails so at this point; all is as before it or as after it, and closed, and it can be repeated. Returns how it
# ended, and what is wrong.
sub try_fault
{
	my ($node, $command, $kind, $at, $is_repeated) = @_;
	my $session = session_for($node, $command);
	my $watch = session($node);
	my $result = run_with($node, $session, $command, $kind, $at);
	my $ended = $result->{sqlstate} // ($result->{closed} ? 'closed' : 'done');
	if ($kind =~ /[sl]/)
	{
		$session->do('RESET statement_timeout; RESET lock_timeout');
	}
	elsif (!$result->{closed} && $session->answer('/*fault off*/ SELECT faults.fired()') eq '0')
	{
		$ended = 'not reached';
	}
	elsif ($deadly{$kind} || ($kind eq 'w' && $result->{closed}))
	{
		$watch->receive;
		until_it_is_back($node, $kind eq 'p');
	}
	my $is_alive = !$deadly{$kind} && !$result->{closed};
	my $state = state_of($node);
	my @wrong;
	push @wrong, "neither before nor after:\n" . difference($command->{before}, $state) . "\nor\n" . difference($command->{after}, $state)
	  if $state ne $command->{before} && checked($state) ne checked($command->{after});
	my @asked = !$is_alive || $command->{as} ne 'app' ? () : ($session);
	$_->{is_of} = $_->answer('SHOW app.tenant_id') for @asked;
	push @wrong, grep { $_ ne '' } isolation_of($node, @asked);
	if ($state ne $command->{after} && ($is_repeated || $state ne $command->{before}))
	{
		my $again = run_with($node, session_for($node, $command), $command, 'n', 0);
		push @wrong, "repeated: $again->{sqlstate} $again->{message}" if defined $again->{sqlstate};
		$state = state_of($node);
		push @wrong, "repeated, it is not as after:\n" . difference($command->{after}, $state) if $state ne $command->{after};
	}
	make($node, $command) if $state ne $command->{before};
	return ($ended, join "\n", map { "$kind $at: $ended: $_" } @wrong);
}

# The foreign keys of a moved tenant are validated in a transaction of their own, at the end.
sub checked
{
	my ($state) = @_;
	return $state =~ s/: f (FOREIGN KEY .*) NOT VALID$/: t $1/mgr;
}

sub difference
{
	my ($one, $other) = map { { map { $_ => 1 } split /\n/ } } @_;
	return join "\n", (map { "- $_" } grep { !$other->{$_} } sort keys %$one), map { "+ $_" } grep { !$one->{$_} } sort keys %$other;
}

# Makes commands fail at so many of their points, or at those of a list; each command is a test. What ends otherwise than so is wrong, if it is given.
sub try_faults
{
	my ($node, $kind, $wanted, $allowed, @names) = @_;
	my %command = commands();
	for my $name (@names ? @names : sort keys %command)
	{
		my $command = $command{$name};
		make($node, $command);
		$command->{before} = state_of($node);
		my $all = points($node, $command, $kind);
		$command->{after} = state_of($node);
		make($node, $command);
		is(state_of($node), $command->{before}, "$name: made again, it is as before");
		my $findings = findings($node);
		my (%ends, @wrong);
		my @points = ref $wanted ? @$wanted : spread($wanted, $all);
		for my $i (0 .. $#points)
		{
			my $at = $points[$i];
			# What is left by all that failed before is in the way of a command that is repeated.
			my ($ended, $wrong) = try_fault($node, $command, $kind, $at, $i % 5 == 4 || $i == $#points);
			$ends{$ended}++;
			push @wrong, "$kind $at ended with $ended" if $ended !~ $allowed && $ended ne 'not reached';
			push @wrong, $wrong if $wrong ne '';
		}
		push @wrong, "tenant.check() finds something else:\n" . difference($findings, findings($node)) if findings($node) ne $findings;
		push @wrong, 'no fault' if !grep { $_ ne 'not reached' } keys %ends;
		is(join("\n", @wrong), '', "$name: fault $kind, $all points: " . join ', ', map { "$ends{$_} $_" } sort keys %ends);
	}
	return;
}

1;
