# What a session keeps from one command to the next is whole, or not kept, where malloc() fails while it is made.
use strict;
use warnings;

use Faults;
use TenantTest;
use Test::More;

my $node = faulty_node('main');

# The answer with malloc() failing at the first point, the second, and so on, until it does not fail any more.
sub answers
{
	my ($session, $sql) = @_;
	my @answers;
	for (my $at = 1;; $at++)
	{
		my $answer = $session->answer("/*fault m $at 1*/ $sql");
		push @answers, $answer;
		return @answers if $session->answer('/*fault off*/ SELECT faults.fired()') eq '0';
	}
}

# A setting is not said to be wrong where there was no memory to keep it.
for my $setting ("app.tenant_id = '" . BLUE . "'", "app.tenant_name = 'blue'", "app.platform_id = 'here'")
{
	my %told = map { $_ => 1 } answers(session($node), "SET $setting");
	is_deeply(\%told, { 53200 => 1, SET => 1 }, "SET $setting fails for want of memory, or works");
}

# What a session keeps of a tenant is whole or not kept. Names longer than provision() takes need a malloc() of their own.
my $id = '%08d-0000-0000-0000-000000000000';
my $root = superuser($node);
$root->do("SELECT tenant.provision(format('%s-0000-0000-0000-000000000000', lpad(i::text, 8, '0')), 'long') FROM generate_series(1, 2) i");
$root->do(sprintf "SELECT tenant.suspend('$id')", 2);
$root->do("UPDATE tenant.tenants SET name = repeat('n', 10000) WHERE name = 'long'");
my ($session, %told);
my $count = 'SELECT count(*) FROM shop.items';
for my $state ('active', 'suspended')
{
	for (my $at = 1;; $at++)
	{
		# Each in a session that knows the tables, and not yet the tenant: the next statement of any kind would read it.
		$session = session($node, tenant => BLUE);
		$session->do($count);
		$session->do(sprintf "SET app.tenant_id = '$id'", $state eq 'active' ? 1 : 2);
		$told{"$state $_"} = 1 for $session->answer("/*fault m $at 1*/ $count"), $session->answer("/*fault off*/ $count");
		my $is_done = $session->answer('SELECT faults.fired()') eq '0';
		$session->close;
		last if $is_done;
	}
}
is_deeply([ sort keys %told ], [ 'active 0', 'active 53200', 'suspended 53200', 'suspended TN003' ], 'a tenant is known rightly, whatever failed before');

# Nor is the plan of a key's lookup used that was to be made again.
my $owner = session($node, user => 'shop_owner');
$owner->do($_) for
  'CREATE TABLE shop.parents (tenant_id uuid, id int PRIMARY KEY)',
  'CREATE TABLE shop.children (tenant_id uuid, parent int REFERENCES shop.parents)',
  "INSERT INTO shop.parents VALUES ('" . BLUE . "', 1), ('" . RED . "', 2)",
  "SELECT tenant.protect('shop.parents'), tenant.protect('shop.children')";
my $insert = 'INSERT INTO shop.children (parent) VALUES (1)';
$session = session($node, tenant => BLUE);
my (%after, %failed);
for (my $at = 1; $at < 200; $at++)
{
	is_answer($session, $insert, 'INSERT 0 1', 'a row of a tenant') if $at == 1;
	$owner->do('ALTER TABLE shop.parents ALTER id SET STATISTICS ' . $at % 2);
	$failed{ $session->answer("/*fault m $at 1*/ $insert") } = 1;
	my $is_done = $session->answer('/*fault off*/ SELECT faults.fired()') eq '0';
	$after{ $session->answer($insert) } = 1;
	$after{ $session->answer('INSERT INTO shop.children (parent) VALUES (2)') } = 1;
	last if $is_done;
}
is_deeply(\%failed, { 53200 => 1, 'INSERT 0 1' => 1 }, 'a lookup is prepared again, with and without memory');
is_deeply(\%after, { 'INSERT 0 1' => 1, TN006 => 1 }, 'then it looks as it should');
done_testing();
