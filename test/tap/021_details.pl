# What an error tells of another tenant's row is in the server's log, and in no field that a client gets.
use strict;
use warnings;

use PostgreSQL::Test::Utils;
use TenantTest;
use Test::More;

my ($blue, $red) = (BLUE, RED);
my $node = tenant_node('main');
create_shop($node);

my $everything = superuser($node);
$everything->do('SET row_security = off');
$everything->do('ALTER TABLE shop.items ADD UNIQUE (name) DEFERRABLE, ADD CONSTRAINT one_id EXCLUDE (id WITH =)');

# The error's fields, without the places in the server's source.
sub error_of
{
	my ($session, $sql) = @_;
	my $error = $session->query($sql)->{error} // {};
	return { map { $_ => $error->{$_} } grep { !/[FLR]/ } keys %$error };
}

# What was logged meanwhile.
my $seen = 0;
sub logged
{
	my $log = slurp_file($node->logfile, $seen);
	$seen += length $log;
	return $log;
}

my %common = (S => 'ERROR', V => 'ERROR', s => 'shop', t => 'items');
my $excluded = {
	%common,
	C => '23P01',
	M => 'conflicting key value violates exclusion constraint "one_id"',
	n => 'one_id'
};
my $unique = {
	%common,
	C => '23505',
	M => 'duplicate key value violates unique constraint "items_name_key"',
	n => 'items_name_key'
};
# PostgreSQL itself tells an ordinary role less.
for ([ superuser($node), {} ], [ session($node), { D => 'Key conflicts with existing key.' } ])
{
	my ($session, $less) = @$_;
	$session->do("SET app.tenant_id = '$blue'");
	is_deeply(error_of($session, "INSERT INTO shop.items (id) VALUES (3)"), { %$excluded, %$less }, 'an exclusion constraint: every field but the values');
	is_deeply(error_of($session, "INSERT INTO shop.items (id, name) VALUES (9, 'three')"), $unique, 'a unique key');
	$session->do("BEGIN; SET CONSTRAINTS ALL DEFERRED; INSERT INTO shop.items (id, name) VALUES (9, 'three')");
	is_deeply(error_of($session, 'COMMIT'), $unique, 'at COMMIT');
	is_answer($session, 'SELECT count(*) FROM shop.items', '2', 'the session goes on');
}
like(logged(), qr/DETAIL:  Key \(id\)=\(3\) conflicts with existing key \(id\)=\(3\).*DETAIL:  Key \(name\)=\(three\) already exists.*DETAIL:  Key \(name\)=\(three\) already exists/s,
	'the details that the server made for the superuser are in its log');
is(error_of($everything, "INSERT INTO shop.items VALUES ('$blue', 3)")->{D},
	'Key (id)=(3) conflicts with existing key (id)=(3).', 'under row_security = off the client gets it');

done_testing();
