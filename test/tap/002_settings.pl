# Every way in which PostgreSQL lets a setting be given, and what becomes of values that are no tenant ids.
use strict;
use warnings;

use TenantTest;
use Test::More;

my ($blue, $red) = (BLUE, RED);
my $node = tenant_node('main');
create_shop($node);
my $ids = q{SELECT string_agg(id::text, '+' ORDER BY id) FROM shop.items};
my $tenant = 'SELECT tenant.current_id()';

for my $mode ('shared', 'none')
{
	$node->append_conf('postgresql.conf', 'shared_preload_libraries = ' . ($mode eq 'shared' ? "'pg_tenant'" : "''"));
	$node->restart;
	good_values($mode);
	stored_values($mode);
	bad_values($mode);
	options_of_operators($mode);
	# It reads a setting that is unknown before the library is loaded.
	is_answer(superuser($node), "BEGIN; SELECT count(tenant.grant_tenant('app', '$blue')); ROLLBACK", '1', "$mode: grant_tenant()");
}

sub good_values
{
	my ($mode) = @_;
	my $session = session($node);
	$session->do("SET app.tenant_id = '$blue'");
	is_answer($session, $ids, '1+2', "$mode: SET");
	$session->do("BEGIN; SET LOCAL app.tenant_id = '$red'");
	is_answer($session, $ids, '3', "$mode: SET LOCAL");
	$session->do('COMMIT');
	is_answer($session, $ids, '1+2', "$mode: SET LOCAL ends with its transaction");
	$session->do("SELECT set_config('app.tenant_id', '$red', false)");
	is_answer($session, $ids, '3', "$mode: set_config()");
	$session->do('RESET app.tenant_id');
	is_answer($session, $ids, 'TN001', "$mode: RESET");
	$session->do("SET app.tenant_id = '$blue'");
	$session->do('DISCARD ALL');
	is_answer($session, $ids, 'TN001', "$mode: DISCARD ALL");

	$session = session($node, options => "-c app.tenant_id=$blue");
	is_answer($session, $ids, '1+2', "$mode: connection option -c");
	$session->do("SET app.tenant_id = '$red'; RESET ALL");
	is_answer($session, $ids, '1+2', "$mode: RESET ALL goes back to the option");
	$session->do("SET app.tenant_id = ''");
	is_answer($session, $ids, 'TN001', "$mode: an option can be emptied");

	is_answer(session($node, options => "--app.tenant_id=$red"), $ids, '3', "$mode: connection option --name");
	is_answer(session($node, startup => { 'app.tenant_id' => $red }), $ids, '3', "$mode: startup parameter");
	is_answer(session($node, tenant => uc "{$blue}"), $ids, '1+2', "$mode: another spelling of the uuid");
	is_answer(session($node, tenant => uc "{$blue}"), 'SELECT id FROM shop.items ORDER BY id; SHOW app.tenant_id', "1,2,$blue",
		"$mode: which is reported in the canonical one");
	is_answer(session($node, options => "-c app.tenant_id=$blue -c app.tenant_id=$red"), $ids, '3', "$mode: the last option wins");

	# What was set before the library was there is what the library finds, also a SET LOCAL that ends later.
	$session = session($node);
	$session->do("SET app.tenant_id = '$red'");
	$session->do("BEGIN; SET LOCAL app.tenant_id = '$blue'; SAVEPOINT s; SET LOCAL app.tenant_id = '$red'");
	is_answer($session, $ids, '3', "$mode: SET LOCAL in a subtransaction");
	$session->do('ROLLBACK TO s');
	is_answer($session, $ids, '1+2', "$mode: which is rolled back");
	$session->do('ROLLBACK');
	is_answer($session, $ids, '3', "$mode: and the transaction too");
	return;
}

# Values that are kept in the database.
sub stored_values
{
	my ($mode) = @_;
	my $root = superuser($node);
	my %stored = (
		'ROLE app' => [ $blue, '1+2' ],
		'DATABASE postgres' => [ $red, '3' ],
		'ROLE app IN DATABASE postgres' => [ $red, '3' ],
		'ROLE ALL' => [ $blue, '1+2' ]);
	for my $where (sort keys %stored)
	{
		my ($value, $rows) = @{ $stored{$where} };
		$root->do("ALTER $where SET app.tenant_id = '$value'");
		is_answer(session($node), $ids, $rows, "$mode: ALTER $where SET");
		is_answer(session($node, tenant => $value eq $blue ? $red : $blue), $ids, $rows eq '3' ? '1+2' : '3',
			"$mode: an option goes before it");
		$root->do("ALTER $where RESET app.tenant_id");
	}
	# PostgreSQL lets only a superuser store a setting that nobody has defined: the library must be loaded.
	my $own = session($node);
	is_answer($own, $tenant, 'null', "$mode: no tenant so far");
	is_answer($own, "ALTER ROLE app SET app.tenant_id = '$blue'", 'ALTER ROLE', "$mode: a role sets its own");
	is_answer(session($node), $ids, '1+2', "$mode: and has it");
	$root->do('ALTER ROLE app RESET ALL');

	# A value that was stored before anybody could check it must not keep the role from connecting, and is no tenant.
	is(superuser($node)->answer(q{ALTER ROLE app SET app.tenant_id = ' x'}),
		$mode eq 'none' ? 'ALTER ROLE' : '22023', "$mode: ALTER ROLE SET to a malformed value");
	if ($mode eq 'none')
	{
		my $session = session($node);
		is($session->{refused}, undef, "$mode: a malformed stored value does not keep the role out");
		like($session->answer($ids), qr/^(TN001|null)$/, "$mode: and shows nothing");
		is_answer($session, $ids, 'TN001', "$mode: then or later");
		$node->append_conf('postgresql.conf', "session_preload_libraries = 'pg_tenant'");
		$node->reload;
		$node->poll_query_until('postgres', q{SELECT setting = 'pg_tenant' FROM pg_settings WHERE name = 'session_preload_libraries'})
		  or die 'the server does not reload its configuration';
		$session = session($node);
		is($session->{refused}, undef, 'session: a malformed stored value does not keep the role out');
		is_answer($session, $ids, 'TN001', 'session: and is no tenant');
		$node->append_conf('postgresql.conf', "session_preload_libraries = ''");
		$node->reload;
	}
	$root->do('ALTER ROLE app RESET ALL');
	return;
}

# What an operator has set for a role stands, though an option of the connection comes before it: an option that the library
# refuses once it is there would leave the default.
sub options_of_operators
{
	my ($mode) = @_;
	my $root = superuser($node);
	$root->do('ALTER ROLE app SET pg_tenant.require_signed = on');
	is_answer(session($node, tenant => $blue), $ids, 'TN005', "$mode: a signature is required");
	for my $value ('off', 'junk')
	{
		my $session = session($node, options => "-c app.tenant_id=$blue -c pg_tenant.require_signed=$value");
		my $answer = $session->{refused} // $session->answer($ids);
		like($answer, $value eq 'off' ? qr/^42501$/ : qr/^(42501|22023)$/, "$mode: no option of the role's takes that away: $value");
	}
	$root->do('ALTER ROLE app RESET ALL');
	my $session = Wire->new($node, user => $TenantTest::name, options => '-c pg_tenant.require_signed=on');
	is_answer($session, $tenant, 'null', "$mode: a superuser's option is accepted");
	is_answer($session, $ids, 'TN005', "$mode: and counts");
	return;
}

# A tenant id is 1 to 128 characters, no control characters, no leading or trailing space.
sub bad_values
{
	my ($mode) = @_;
	my %bad = (
		'a leading space' => " $blue",
		'a trailing space' => "$blue ",
		'only a space' => ' ',
		'a control character' => "$blue\t",
		'a delete character' => "a\x7fb",
		'129 characters' => 'x' x 129,
		'invalid UTF-8' => "a\xffb",
		'a truncated sequence' => "a\xc3",
		'a surrogate' => "\xed\xa0\x80");
	for my $what (sort keys %bad)
	{
		# In options, a backslash keeps a space in its word.
		my $option = $bad{$what} =~ s/([\s\\])/\\$1/gr;
		my $session = session($node, options => "-c app.tenant_id=$option");
		if ($mode eq 'shared')
		{
			is($session->{refused}, '22023', "$mode: an option with $what is refused");
			is(session($node, startup => { 'app.tenant_id' => $bad{$what} })->{refused},
				'22023', "$mode: a startup parameter with $what too");
		}
		else
		{
			is($session->{refused}, undef, "$mode: an option with $what is let pass while nobody can check it");
			like($session->answer('SELECT id FROM shop.items'), qr/^(TN001|SELECT 0)$/, "$mode: $what shows nothing");
			is_answer($session, 'SELECT id FROM shop.items', 'TN001', "$mode: $what is no tenant");
		}
		next if $what =~ /UTF-8|sequence|surrogate/;
		$session = session($node, tenant => $blue);
		is_answer($session, $ids, '1+2', "$mode: a good tenant before SET to $what");
		is_answer($session, "SET app.tenant_id = '$bad{$what}'", '22023', "$mode: SET to $what");
		is_answer($session, $ids, '1+2', "$mode: which changes nothing");
	}
	my $long = 'x' x 128;
	is_answer(session($node, tenant => $long), 'SHOW app.tenant_id', $long, "$mode: 128 characters are accepted");
	is_answer(session($node, tenant => "x\\ y"), 'SHOW app.tenant_id', 'x y', "$mode: a space inside too");
	# The characters count, not the bytes.
	is_answer(session($node, tenant => "\xc3\xa4" x 128), "SELECT length(current_setting('app.tenant_id'))", '128',
		"$mode: 128 characters of two bytes");
	is_answer(session($node, tenant => "$blue'--"), $ids, 'TN002', "$mode: a quote is a character");
	return;
}

done_testing();
