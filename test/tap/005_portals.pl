# A portal belongs to the tenant that opened it, over the extended protocol too: fetched under another tenant,
# or none, it gives TN011 and no row.
use strict;
use warnings;

use TenantTest;
use Test::More;

my ($blue, $red) = (BLUE, RED);
my $node = tenant_node('main');
create_shop($node);
$node->safe_psql('postgres', q{
	CREATE TABLE shop.plain AS SELECT id FROM generate_series(1, 3) id;
	GRANT SELECT ON shop.plain TO app;
});
my $read = 'SELECT id FROM shop.items ORDER BY id';

sub told { return Wire::told($_[0]); }

# In a transaction with a portal over these rows, of which the first was fetched.
sub half_read
{
	my ($tenant, $sql, @values) = @_;
	my $wire = session($node, tenant => $tenant);
	$wire->do("BEGIN; PREPARE p AS $read");
	$wire->parse('', $sql // $read);
	$wire->bind('half', '', @values);
	$wire->execute('half', 1);
	my $result = $wire->sync;
	is(told($result), $tenant eq $blue ? '1' : '3', 'the first row') or diag($result->{message});
	is($result->{suspended}, 1, 'and more to come') if $tenant eq $blue;
	return $wire;
}

sub go_on
{
	my ($wire, $portal) = @_;
	$wire->execute($portal // 'half', 0);
	return $wire->sync;
}

my $wire = half_read($blue);
is(told(go_on($wire)), '2', 'a portal goes on under its own tenant');
$wire->close;

# Every way to change the tenant meanwhile.
my %switch = (
	'SET LOCAL' => "SET LOCAL app.tenant_id = '$red'",
	'SET' => "SET app.tenant_id = '$red'",
	'RESET' => "SET app.tenant_id = ''",
	'set_config()' => "SELECT set_config('app.tenant_id', '$red', true)",
	'tenant.set()' => "SELECT tenant.set('$red')",
	'tenant.clear()' => 'SELECT tenant.clear()',
	'an unknown tenant' => "SET app.tenant_id = '" . NOBODY . "'");
for my $how (sort keys %switch)
{
	$wire = half_read($blue);
	$wire->do($switch{$how});
	my $result = go_on($wire);
	is($result->{sqlstate}, 'TN011', "$how, then Execute");
	is_deeply($result->{rows}, [], "$how: no row");
	is($result->{ready}, 'E', "$how: the transaction has failed");
	is(told($wire->query('ROLLBACK')), 'ROLLBACK', "$how: and can be left");
	is_answer($wire, "SET app.tenant_id = '$blue'; $read", '1,2', "$how: the session is as good as before");
	$wire->close;
}

# The same within one message sequence, without a Sync between.
$wire = session($node, tenant => $blue);
$wire->do('BEGIN');
$wire->parse('read', $read);
$wire->bind('half', 'read');
$wire->execute('half', 1);
$wire->parse('', "SET LOCAL app.tenant_id = '$red'");
$wire->bind('', '');
$wire->execute('');
$wire->execute('half', 0);
my $result = $wire->sync;
is($result->{sqlstate}, 'TN011', 'in one pipeline');
is_deeply($result->{rows}, [ [1] ], 'in one pipeline: only the row from before');
$wire->close;

# Bound, but not yet executed: bound under one tenant, started under another.
$wire = session($node, tenant => $blue);
$wire->do('BEGIN');
$wire->parse('', $read);
$wire->bind('late', '');
$wire->sync;
$wire->do("SET LOCAL app.tenant_id = '$red'");
$result = go_on($wire, 'late');
is($result->{sqlstate}, 'TN011', 'bound under one tenant, executed first under another');
is_deeply($result->{rows}, [], 'and no row');
$wire->close;

# Back to the tenant that opened it, also by leaving a subtransaction.
$wire = half_read($blue);
$wire->do("SET LOCAL app.tenant_id = '$red'");
is_answer($wire, $read, '3', 'another tenant reads beside the open portal');
$wire->do("SET LOCAL app.tenant_id = '$blue'");
is(told(go_on($wire)), '2', 'back under its own tenant the portal goes on');
$wire->close;
$wire = half_read($blue);
$wire->do("SAVEPOINT s; SET LOCAL app.tenant_id = '$red'");
is(go_on($wire)->{sqlstate}, 'TN011', 'another tenant in a subtransaction');
$wire->do('ROLLBACK TO s');
is_answer($wire, $read, '1,2', 'the subtransaction that failed is left');
$wire->close;

# Two portals of two tenants side by side.
$wire = half_read($blue);
$wire->do("SET LOCAL app.tenant_id = '$red'");
$wire->parse('', $read);
$wire->bind('other', '');
$wire->execute('other', 1);
is(told($wire->sync), '3', 'a portal of the other tenant');
$wire->do("SET LOCAL app.tenant_id = '$blue'; SAVEPOINT s");
is(go_on($wire, 'other')->{sqlstate}, 'TN011', 'is not read by the first');
$wire->do('ROLLBACK TO s');
is(told(go_on($wire)), '2', 'who reads on with his own');
$wire->close;

# A tenant that changes while the portal runs does not change what this portal shows.
$wire = session($node, tenant => $blue);
$wire->do('BEGIN');
$wire->parse('', "SELECT id, set_config('app.tenant_id', '$red', true) = '$red' FROM shop.items ORDER BY id");
$wire->bind('self', '');
$wire->execute('self', 0);
is(told($wire->sync), '1|t,2|t', 'a statement that switches the tenant keeps its own to its end');
$wire->close;

# Portals with side effects, RETURNING, and those that touch no protected table.
$wire = half_read($blue, 'UPDATE shop.items SET name = name WHERE id > $1 RETURNING id', '0');
$wire->do("SET LOCAL app.tenant_id = '$red'");
is(go_on($wire)->{sqlstate}, '55000', 'UPDATE … RETURNING: the server refuses a portal that is locked');
$wire->close;
$wire = half_read($blue, 'EXECUTE p');
$wire->do("SET LOCAL app.tenant_id = '$red'");
is(go_on($wire)->{sqlstate}, '55000', 'EXECUTE: the server refuses a portal that is locked');
$wire->close;
$wire = half_read($blue, 'WITH w AS (UPDATE shop.items SET name = name RETURNING id) SELECT id FROM w ORDER BY id');
$wire->do("SET LOCAL app.tenant_id = '$red'");
is(go_on($wire)->{sqlstate}, '55000', 'WITH … UPDATE: the server refuses a portal that is locked');
$wire->close;
$wire = half_read($blue, 'SELECT id FROM shop.plain');
$wire->do("SET LOCAL app.tenant_id = '$red'");
is(told(go_on($wire)), '2,3', 'a table that is not protected has no tenant');
$wire->close;

# SQL cursors of the same session.
for my $command ('FETCH c', 'FETCH ALL FROM c', 'MOVE c', 'FETCH BACKWARD 1 FROM c')
{
	$wire = session($node, tenant => $blue);
	$wire->do("BEGIN; DECLARE c SCROLL CURSOR FOR $read; FETCH c; SET LOCAL app.tenant_id = '$red'");
	is_answer($wire, $command, 'TN011', "$command under another tenant");
	$wire->close;
}

# A cursor that outlives its transaction is read from a store: by FETCH, and by Execute.
$wire = session($node, tenant => $blue);
$wire->do("BEGIN; DECLARE h CURSOR WITH HOLD FOR $read; DECLARE e CURSOR WITH HOLD FOR $read; COMMIT");
$wire->do("SET app.tenant_id = '$red'");
is_answer($wire, 'FETCH ALL FROM h', 'TN011', 'a held cursor under another tenant');
$result = go_on($wire, 'e');
is($result->{sqlstate}, '55000', 'a held cursor by Execute: the server refuses a portal that is locked');
is_deeply($result->{rows}, [], 'and no row');
$wire->do("SET app.tenant_id = ''");
is_answer($wire, 'FETCH ALL FROM h', 'TN011', 'a held cursor without a tenant');
$wire->do("SET app.tenant_id = '$blue'");
is_answer($wire, 'FETCH ALL FROM h', '1,2', 'and under its own');
is_answer($wire, 'CLOSE h', 'CLOSE CURSOR', 'anybody may close it');

# A seal keeps another tenant's stored rows shut, though that tenant is set again.
$wire = session($node, tenant => $red);
$wire->do("BEGIN; DECLARE e CURSOR WITH HOLD FOR $read; COMMIT; SET app.tenant_id = '$blue'");
my $token = $wire->answer('SELECT tenant.seal(true)');
$wire->do("SET app.tenant_id = '$red'");
$result = go_on($wire, 'e');
is($result->{sqlstate}, '55000', 'a held cursor of another tenant in a sealed session');
is_deeply($result->{rows}, [], 'and no row');
$wire->do("SET app.tenant_id = '$blue'; SELECT tenant.unseal('$token'); SET app.tenant_id = '$red'");
is(told(go_on($wire, 'e')), '3', 'and once it is unsealed');
$wire->close;

# A portal bound before the seal, executed after it.
$wire = session($node, tenant => $red);
$wire->do("BEGIN; PREPARE p AS $read");
$wire->parse('', $read);
$wire->bind('late', '');
$wire->sync;
$wire->do("SET LOCAL app.tenant_id = '$blue'; SELECT tenant.seal(); SET LOCAL app.tenant_id = '$red'");
is(go_on($wire, 'late')->{sqlstate}, 'TN005', 'a portal of another tenant, bound before the transaction was sealed');
$wire->close;

# What a role that may bypass policies opened for all tenants is not read when it is confined again.
my %confine = (
	'row_security' => 'SET row_security = on',
	'set_config()' => "SELECT set_config('row_security', 'on', false)",
	'SET ROLE' => 'SET ROLE app');
for my $how (sort keys %confine)
{
	my $root = superuser($node);
	$root->do("BEGIN; SET row_security = off; SET app.tenant_id = '$blue'");
	$root->parse('', $read);
	$root->bind('all', '');
	$root->execute('all', 1);
	is(told($root->sync), '1', "$how: the first of all rows");
	$root->do($confine{$how});
	is(go_on($root, 'all')->{sqlstate}, 'TN011', "$how, then Execute of what all tenants have");
	$root->do('ROLLBACK');

	$root->do($_) for 'SET row_security = off', "DECLARE held CURSOR WITH HOLD FOR $read", 'BEGIN', 'MOVE 0 FROM held', $confine{$how};
	is(go_on($root, 'held')->{sqlstate}, '55000', "$how, then Execute of stored rows of all tenants");
	$root->do($_) for 'ROLLBACK', 'RESET ROLE', 'SET row_security = off';
	is_answer($root, 'FETCH ALL FROM held', '1,2,3', "$how: they are there for who sees all");
	$root->close;
}
my $root = superuser($node);
$root->do($_) for 'BEGIN', 'SET LOCAL row_security = off', "DECLARE held CURSOR WITH HOLD FOR $read", 'COMMIT';
is(go_on($root, 'held')->{sqlstate}, '55000', 'SET LOCAL has ended with its transaction');
$root->do($_) for 'BEGIN', 'SAVEPOINT s', 'SET LOCAL row_security = off', 'FETCH 1 FROM held', 'ROLLBACK TO s';
is(go_on($root, 'held')->{sqlstate}, '55000', 'or subtransaction');

# A statement that was prepared by a message for all tenants is planned again for the sealed one.
my $sealed = superuser($node);
$sealed->do($_) for "SET app.tenant_id = '$blue'", 'SET row_security = off';
$sealed->parse('all', $read);
$sealed->bind('', 'all');
$sealed->execute('');
is(told($sealed->sync), '1,2,3', 'a prepared statement of all tenants');
$sealed->do('SELECT tenant.seal(true)');
$sealed->bind('', 'all');
$sealed->execute('');
is(told($sealed->sync), '1,2', 'and of one, once the session is sealed');

done_testing();
