# The disk is full: at any point of a command, as the server sees it; and really, on a small file system of our own.
use strict;
use warnings;

# The small file system needs a mount namespace, which an unprivileged user has in a user namespace, where he may have one. Otherwise files
# may not grow beyond a limit, which stops fewer commands.
BEGIN
{
	my @namespace = ('unshare', '--user', '--map-current-user', '--mount', '--keep-caps');
	if (!defined $ENV{PG_TENANT_SMALL_DISK})
	{
		$ENV{PG_TENANT_SMALL_DISK} = system("@namespace mount -t tmpfs -o size=1m none /tmp 2>/dev/null") == 0 ? 'tmpfs' : 'limit';
		exec @namespace, $^X, (map { "-I$_" } @INC), $0 if $ENV{PG_TENANT_SMALL_DISK} eq 'tmpfs';
	}
}

use Faults;
use PostgreSQL::Test::Utils;
use TenantTest;
use Test::More;

my ($blue, $red) = (BLUE, RED);
my $node = faulty_node('main', 'max_wal_size = 1GB');
try_faults($node, 'w', 3, qr/^(53100|closed|done)$/, qw(protect partition isolate_tenant));

# Now really.
my $is_tmpfs = $ENV{PG_TENANT_SMALL_DISK} eq 'tmpfs';
diag('SKIPPED: protect() and isolate_tenant() on a small file system, since there are no user namespaces here; files are limited by RLIMIT_FSIZE instead')
  if !$is_tmpfs;
my $disk = $node->basedir . '/small';
mkdir $disk or die;
system_or_bail('mount', '-t', 'tmpfs', '-o', 'size=16m', 'small', $disk) if $is_tmpfs;
mkdir "$disk/space" or die;
superuser($node)->do("CREATE TABLESPACE small LOCATION '$disk/space'");
superuser($node)->do('GRANT CREATE ON TABLESPACE small TO shop_owner');

# As much as there is, or as the server may still write: WAL files have 16 MB.
sub fill_disk
{
	if ($is_tmpfs)
	{
		open my $file, '>', "$disk/filler" or die;
		syswrite $file, 'x' x 65536 or last for 1 .. 1000;
		close $file;
		return;
	}
	system_or_bail('prlimit', '--pid', $node->{_pid}, '--fsize=16777216:unlimited');
	return;
}

sub free_disk
{
	if ($is_tmpfs) { unlink "$disk/filler" or die; }
	else { system_or_bail('prlimit', '--pid', $node->{_pid}, '--fsize=unlimited'); }
	return;
}

my $rows = $is_tmpfs ? 2000 : 40000;
my $make = "SET default_tablespace = small; DROP TABLE IF EXISTS shop.big; CREATE TABLE shop.big (tenant_id uuid, id int, note text, PRIMARY KEY (tenant_id, id));
	INSERT INTO shop.big SELECT t::uuid, i, CASE t WHEN '$red' THEN 'CANARY' ELSE 'mine' END || repeat('x', 500) FROM unnest(ARRAY['$blue', '$red']) t, generate_series(1, 1000) i;
	SELECT tenant.protect('shop.big'";
my $copied = join '', map { "$_\t" . 'c' x 500 . "\n" } 10001 .. 10000 + $rows;

sub try_full_disk
{
	my ($name, $options, $user, $sql) = @_;
	my $run = sub {
		my $session = session($node, user => $user, $user eq 'app' ? (tenant => $blue) : ());
		return Wire::told($sql =~ /^COPY/ ? $session->copy($sql, $copied) : $session->query($sql));
	};
	session($node, user => 'shop_owner')->do("$make$options)");
	my $before = state_of($node);
	fill_disk();
	my $told = $run->();
	is($told, $is_tmpfs ? '53100' : 'XX000', "$name: the disk is full");
	is(isolation_of($node), '', "$name: all is closed");
	is(state_of($node), $before, "$name: all is as before");
	is($run->(), $told, "$name: and again");
	free_disk();
	unlike($run->(), qr/^\w{5}$/, "$name: it works where there is room");
	is(isolation_of($node), '', "$name: then too");
	return;
}

try_full_disk('INSERT', '', 'app', "INSERT INTO shop.big (id, note) SELECT i, repeat('c', 500) FROM generate_series(10001, 10000 + $rows) i");
try_full_disk('COPY', '', 'app', 'COPY shop.big (id, note) FROM STDIN');
if ($is_tmpfs)
{
	try_full_disk('protect(partitions)', '', 'shop_owner', "SELECT tenant.protect('shop.big', partitions => 2)");
	try_full_disk('isolate_tenant()', ', partitions => 1', 'shop_owner', "CALL tenant.isolate_tenant('shop.big', '$blue', 100)");
}
done_testing();
