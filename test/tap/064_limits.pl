# Limits of the server: connections, lock timeouts, deadlocks between the registry and tables, sessions that are ended in a transaction.
use strict;
use warnings;

use Faults;
use TenantTest;
use Test::More;

my ($blue, $red, $nobody) = (BLUE, RED, NOBODY);
my $node = faulty_node('main', 'max_connections = 16', 'deadlock_timeout = 10ms');
my %command = commands();
my $root = lasting($node, 'super');

# Another session has a table that a command needs, at its beginning or near its end.
try_faults($node, 'l', ['shop.notes', 'shop.notes_2', 'shop.items'], qr/^(55P03|done)$/, qw(protect unprotect));
try_faults($node, 'l', ['shop.stock', 'shop.marks'], qr/^55P03$/, qw(partition));
try_faults($node, 'l', ['shop.marks'], qr/^55P03$/, qw(isolate_tenant));
try_faults($node, 'e', ['shop.notes_2'], qr/^57P01$/, qw(protect unprotect));
try_faults($node, 'e', ['shop.marks'], qr/^57P01$/, qw(partition isolate_tenant));
try_faults($node, 'l', ['tenant.tenants'], qr/^55P03$/, qw(provision suspend));

# All connections are taken.
is(isolation_of($node), '', 'before all connections are taken');
my @sessions;
push @sessions, session($node) until @sessions && defined $sessions[-1]{refused};
is($sessions[-1]{refused}, '53300', 'no session more for ' . @sessions);
is(isolation_of($node), '', 'who is there goes on');
is_answer(superuser($node), 'SELECT count(*) FROM shop.items', 'TN001', 'a superuser gets in, and is confined');
make($node, $command{protect});
is_answer(lasting($node, 'owner'), $command{protect}{sql}, '', 'a table is protected meanwhile');
is(isolation_of($node), '', 'then too');
@sessions = ();
my $next;
do { $next = session($node) } while (defined $next->{refused});
is_answer($next, 'SELECT count(*) FROM shop.items', 'TN001', 'there is room again');

# Two sessions of the owner, each with two steps, the second of which waits for the other's first: one fails, and can be repeated.
sub deadlock
{
	my ($name, $allowed, @steps) = @_;
	make($node, $command{$_}) for 'protect', 'partition', 'provision';
	my @two = map { session($node, user => 'shop_owner', tenant => $blue) } 1 .. 2;
	for my $i (0, 1) { $two[$i]->do('BEGIN'); $two[$i]->do($steps[$i][0]); }
	$two[0]->send('Q', "$steps[0][1]\0");
	wait_for_lock($node, $two[0]);
	$two[1]->send('Q', "$steps[1][1]\0");
	my @ends = map { $_->finish->{sqlstate} // 'done' } @two[1, 0];
	is(scalar(grep { $_ eq '40P01' } @ends), 1, "$name: one of two fails") or diag(@ends);
	$_->query('COMMIT') for @two;
	is(isolation_of($node), '', "$name: all is closed");
	my $loser = $ends[0] eq '40P01' ? 1 : 0;
	my @again = map { $two[$loser]->query($_)->{sqlstate} // 'done' } @{ $steps[$loser] };
	like("@again", $allowed, "$name: what failed is repeated");
	is(isolation_of($node), '', "$name: then too");
	return;
}

my $protect_notes = $command{protect}{sql};
my $protect_stock = "SELECT tenant.protect('shop.stock')";
my $write_notes = "INSERT INTO shop.notes VALUES ('$blue', 20, 1)";
deadlock('registry and table', qr/^done (done|TN010)$|^TN010 done$/, [ "SELECT tenant.suspend('$red')", $protect_notes ], [ $write_notes, "SELECT tenant.suspend('$red')" ]);
deadlock('table and registry', qr/^(done|23505) done$|^done 23505$/, [ "SELECT tenant.provision('$nobody')", $write_notes ], [ $protect_notes, "SELECT tenant.provision('$nobody')" ]);
deadlock('two tables', qr/^done done$/, [ $protect_notes, $protect_stock ], [ $protect_stock, $protect_notes ]);
deadlock('two tenants', qr/^(done|TN010) (done|TN010)$/, [ "SELECT tenant.suspend('$red')", "SELECT tenant.suspend('$blue')" ], [ "SELECT tenant.suspend('$blue')", "SELECT tenant.suspend('$red')" ]);
deadlock('rows and protection', qr/^done done$/, [ "UPDATE shop.items SET name = 'deadlock' WHERE id = 2", $protect_notes ], [ $protect_notes, "UPDATE shop.items SET name = 'again' WHERE id = 2" ]);

# A transaction that has protected, opened and suspended is ended from outside.
for my $way ([ 'idle_in_transaction_session_timeout', '25P03', sub { } ], [ 'pg_terminate_backend()', '57P01', sub { $root->do("SELECT pg_terminate_backend($_[0]{pid})") } ])
{
	my ($name, $code, $end) = @$way;
	make($node, $command{$_}) for 'protect', 'provision';
	my $before = state_of($node);
	my $owner = session($node, user => 'shop_owner');
	$owner->do("BEGIN; $protect_notes; SELECT tenant.unprotect('shop.lines'); SELECT tenant.suspend('$red')");
	$owner->do('SET idle_in_transaction_session_timeout = 1') if $code eq '25P03';
	$end->($owner);
	is(Wire::told($owner->finish), $code, "$name ends a transaction");
	is(isolation_of($node), '', "$name: all is closed");
	is(state_of($node), $before, "$name: all is as before");
}
done_testing();
