# A pooler follows what the server reports: every change of the identity reaches the client as ParameterStatus.
use strict;
use warnings;

use TenantTest;
use Test::More;

my ($blue, $red) = (BLUE, RED);
my $node = tenant_node('main');
create_shop($node);

# Runs the statement and compares what was reported with it; the settings of the identity only.
sub reports_are
{
	my ($session, $sql, $expected, $name) = @_;
	my $result = ref $sql ? $sql->($session) : $session->query($sql);
	my @seen = grep { /^(app|pg_tenant)\./ } split / (?=\w[\w.]*=)/, $session->reports;
	is(join(' ', sort @seen), $expected, $name)
	  or diag("$result->{sqlstate} $result->{message}");
	return;
}

my @settings = map { "app.$_" } qw(tenant_id tenant_name platform_id request_id trace_id span_id include_deleted);

# At the start of a connection.
my $wire = session($node, tenant => $blue);
is_deeply({ map { $_ => $wire->{parameter}{$_} } @settings },
	{ (map { $_ => '' } @settings), 'app.tenant_id' => $blue, 'app.include_deleted' => 'off' },
	'all settings of the identity are reported at the start');
my $spelled = session($node, tenant => uc "{$blue}");
is($spelled->{parameter}{'app.tenant_id'}, $blue, 'a uuid in its canonical spelling');

$wire = session($node);
reports_are($wire, "SET app.tenant_id = '$blue'", "app.tenant_id=$blue", 'SET');
reports_are($wire, "SET app.tenant_id = '$blue'", '', 'SET to the same value');
reports_are($wire, "SET app.tenant_id = '" . uc($red) . "'", "app.tenant_id=$red", 'SET in another spelling');
reports_are($wire, "SET app.tenant_id = ' x'", '', 'SET to a malformed value');
reports_are($wire, 'RESET app.tenant_id', 'app.tenant_id=', 'RESET');
reports_are($wire, "SELECT set_config('app.tenant_id', '$blue', false)", "app.tenant_id=$blue", 'set_config()');
reports_are($wire, "SELECT set_config('app.tenant_id', NULL, false)", 'app.tenant_id=', 'set_config() to NULL');
reports_are($wire, "SET app.request_id = 'r1'; SET app.trace_id = 't1'; SET app.span_id = 's1'",
	'app.request_id=r1 app.span_id=s1 app.trace_id=t1', 'the settings of a request');
reports_are($wire, "SET app.tenant_name = 'n'; SET app.platform_id = 'p'; SET app.include_deleted = alone",
	'app.include_deleted=alone app.platform_id=p app.tenant_name=n', 'the rest of the identity');
reports_are($wire, 'DISCARD ALL',
	'app.include_deleted=off app.platform_id= app.request_id= app.span_id= app.tenant_name= app.trace_id=', 'DISCARD ALL');

# Transactions.
reports_are($wire, "BEGIN; SET LOCAL app.tenant_id = '$blue'", "app.tenant_id=$blue", 'SET LOCAL');
reports_are($wire, 'COMMIT', 'app.tenant_id=', 'SET LOCAL ends with COMMIT');
reports_are($wire, "BEGIN; SET LOCAL app.tenant_id = '$blue'", "app.tenant_id=$blue", 'SET LOCAL again');
reports_are($wire, 'ROLLBACK', 'app.tenant_id=', 'SET LOCAL ends with ROLLBACK');
reports_are($wire, "BEGIN; SET app.tenant_id = '$blue'", "app.tenant_id=$blue", 'SET in a transaction');
reports_are($wire, 'ROLLBACK', 'app.tenant_id=', 'is rolled back');
reports_are($wire, "BEGIN; SET app.tenant_id = '$blue'", "app.tenant_id=$blue", 'SET in another');
reports_are($wire, 'COMMIT', '', 'is committed');
reports_are($wire, "BEGIN; SAVEPOINT s; SET app.tenant_id = '$red'", "app.tenant_id=$red", 'SET in a subtransaction');
reports_are($wire, 'ROLLBACK TO s', "app.tenant_id=$blue", 'is rolled back with it');
reports_are($wire, "SET LOCAL app.tenant_id = '$red'; SELECT 1/0", '', 'SET LOCAL before an error in the same message');
reports_are($wire, 'ROLLBACK', '', 'leaves what was');
reports_are($wire, "SET app.tenant_id = '$red'; SELECT 1/0", '', 'SET before an error in the same message');
is($wire->{parameter}{'app.tenant_id'}, $blue, 'the client still has the value from before');

# The functions, prepared statements, and functions with a SET clause.
reports_are($wire, "SELECT tenant.set('$red', false)", "app.tenant_id=$red", 'tenant.set() for the session');
reports_are($wire, 'SELECT tenant.clear()', 'app.tenant_id=', 'tenant.clear()');
reports_are($wire, "SELECT tenant.set('$red')", '', 'tenant.set() for a transaction that ends at once');
reports_are($wire, "BEGIN; SELECT tenant.set('$blue')", "app.tenant_id=$blue", 'tenant.set() in a transaction');
reports_are($wire, 'COMMIT', 'app.tenant_id=', 'ends with it');
reports_are($wire, "SELECT tenant.set('$red' || 'x', false)", '', 'tenant.set() of an unknown tenant');
is($wire->{parameter}{'app.tenant_id'}, '', 'is not left set');
reports_are($wire, "SELECT tenant.set_from_headers('{\"X-Tenant-ID\": \"$blue\", \"X-Request-ID\": \"q\"}', is_local => false)",
	"app.request_id=q app.tenant_id=$blue", 'tenant.set_from_headers()');
reports_are($wire, "SELECT tenant.query('$red', 'SELECT id FROM shop.items')", '', 'tenant.query() restores the tenant');
reports_are($wire, "SELECT tenant.execute('$red', 'SELECT 1/0')", '', 'also after an error');
reports_are($wire, "SELECT tenant.execute('$red', 'SET app.tenant_id = ''$red''')", '', 'and after a SET inside');
is($wire->{parameter}{'app.tenant_id'}, $blue, 'it is the one from before');
$wire->do("CREATE FUNCTION pg_temp.other() RETURNS text LANGUAGE sql SET app.tenant_id = '$red' AS 'SELECT tenant.current_id()'");
reports_are($wire, 'SELECT pg_temp.other()', '', 'a function with a SET clause');
reports_are($wire, sub {
		$wire->parse('', "SELECT set_config('app.tenant_id', \$1, false)");
		$wire->bind('', '', $red);
		$wire->execute('');
		return $wire->sync;
	}, "app.tenant_id=$red", 'set_config() over the extended protocol');
reports_are($wire, sub {
		$wire->parse('', "SELECT set_config('app.tenant_id', \$1, true)");
		$wire->bind('', '', $blue);
		$wire->execute('');
		return $wire->sync;
	}, '', 'set_config() for a transaction that ends with the message');

# What the client was told last is what statements use.
is_answer($wire, 'SELECT id FROM shop.items', '3', 'the reported tenant is the one that is served');
reports_are($wire, 'RESET ALL', 'app.request_id= app.tenant_id=', 'RESET ALL');

# Without preloading nothing is known of the settings until the library is loaded; then they are reported.
$node->append_conf('postgresql.conf', "shared_preload_libraries = ''");
$node->restart;
$wire = session($node, tenant => $blue);
reports_are($wire, 'SELECT id FROM shop.items ORDER BY id', "app.tenant_id=$blue", 'what is set is reported once the library is loaded');
reports_are($wire, "SET app.tenant_id = '$red'", "app.tenant_id=$red", 'SET after loading on demand');

done_testing();
