# Isolation holds however the library comes into the session, from the very first statement of a connection.
use strict;
use warnings;

use TenantTest;
use Test::More;

my ($blue, $red, $nobody) = (BLUE, RED, NOBODY);
my $node = tenant_node('main');
create_shop($node);
$node->safe_psql(
	'postgres', qq{
	SET SESSION AUTHORIZATION shop_owner;
	CREATE TABLE shop.albums (id int PRIMARY KEY, tenant_id uuid NOT NULL);
	CREATE TABLE shop.photos (id int, tenant_id uuid NOT NULL, album int REFERENCES shop.albums);
	INSERT INTO shop.albums VALUES (1, '$blue'), (3, '$red');
	SELECT tenant.protect('shop.albums'), tenant.protect('shop.photos');
});
$node->safe_psql(
	'postgres', q{
	SET SESSION AUTHORIZATION shop_owner;
	CREATE VIEW shop.listing AS SELECT id FROM shop.items ORDER BY id;
	CREATE FUNCTION shop.ids() RETURNS text LANGUAGE plpgsql AS
		$$ BEGIN RETURN (SELECT string_agg(id::text, '+' ORDER BY id) FROM shop.items); END $$;
	CREATE FUNCTION shop.owners_ids() RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS
		$$ BEGIN RETURN (SELECT string_agg(id::text, '+' ORDER BY id) FROM shop.items); END $$;
	RESET SESSION AUTHORIZATION;
	SELECT tenant.provision('44444444-4444-4444-4444-444444444444');
	SELECT tenant.suspend('44444444-4444-4444-4444-444444444444');
});

# Statements, each the first of a connection that touches the table, with what they give under the tenant BLUE.
# The last item says what they give without a tenant: r(ead) or w(rite).
my @forms = (
	[ 'SELECT', 'SELECT id FROM shop.items ORDER BY id', '1,2', 'r' ],
	[ 'count', 'SELECT count(*) FROM shop.items', '2', 'r' ],
	[ 'SELECT by key', "SELECT id FROM shop.items WHERE id = 3", 'SELECT 0', 'r' ],
	[ 'SELECT of another tenant', "SELECT id FROM shop.items WHERE tenant_id = '$red'", 'SELECT 0', 'r' ],
	[ 'SELECT FOR UPDATE', 'SELECT id FROM shop.items ORDER BY id FOR UPDATE', '1,2', 'r' ],
	[ 'CTE', 'WITH w AS MATERIALIZED (SELECT * FROM shop.items) SELECT id FROM w ORDER BY id', '1,2', 'r' ],
	[ 'sub-select', 'SELECT (SELECT max(id) FROM shop.items)', '2', 'r' ],
	[ 'view', 'SELECT id FROM shop.listing', '1,2', 'r' ],
	[ 'function', 'SELECT shop.ids()', '1+2', 'r' ],
	[ 'SECURITY DEFINER function', 'SELECT shop.owners_ids()', '1+2', 'r' ],
	[ 'UPDATE', 'UPDATE shop.items SET name = name RETURNING id', '1,2', 'w' ],
	[ 'UPDATE of another tenant', "UPDATE shop.items SET name = 'x' WHERE id = 3", 'UPDATE 0', 'w' ],
	[ 'DELETE of another tenant', 'DELETE FROM shop.items WHERE id = 3', 'DELETE 0', 'w' ],
	[ 'DELETE', 'BEGIN; DELETE FROM shop.items RETURNING id; ROLLBACK', '1,2', 'w' ],
	[ 'INSERT', 'BEGIN; INSERT INTO shop.items (id) VALUES (9) RETURNING tenant_id; ROLLBACK', $blue, 'w' ],
	[ 'INSERT for another tenant', "INSERT INTO shop.items VALUES ('$red', 9)", '42501', 'w' ],
	[ 'reference to another tenant', 'INSERT INTO shop.photos (id, album) VALUES (1, 3)', 'TN006', 'w' ],
	[ 'moving a row', "UPDATE shop.items SET tenant_id = '$red'", '42501', 'w' ],
	[ 'MERGE', 'MERGE INTO shop.items USING (VALUES (3)) v (k) ON id = k WHEN MATCHED THEN DELETE', 'MERGE 0', 'w' ],
	[ 'EXECUTE', 'PREPARE p AS SELECT id FROM shop.items ORDER BY id; EXECUTE p', '1,2', 'r' ],
	[ 'generic EXECUTE', 'SET plan_cache_mode = force_generic_plan; PREPARE p AS SELECT count(*) FROM shop.items; EXECUTE p', '2', 'r' ],
	[ 'COPY TO', 'COPY shop.items (id) TO STDOUT', '1,2', 'r' ],
	[ 'COPY (query) TO', 'COPY (SELECT id FROM shop.items ORDER BY id) TO STDOUT', '1,2', 'r' ],
	[ 'cursor', 'BEGIN; DECLARE c CURSOR FOR SELECT id FROM shop.items ORDER BY id; FETCH ALL FROM c; COMMIT', '1,2', 'r' ],
	[ 'held cursor', 'BEGIN; DECLARE c CURSOR WITH HOLD FOR SELECT id FROM shop.items ORDER BY id; COMMIT; FETCH ALL FROM c', '1,2', 'r' ],
	[ 'CREATE TABLE AS', 'CREATE TEMP TABLE t AS SELECT id FROM shop.items; SELECT id FROM t ORDER BY id', '1,2', 'r' ]);

# Which libraries are there when a session starts, and whether a first statement without a tenant is always
# refused: where nothing was loaded yet, the policies alone may answer it, with no rows.
my %modes = (
	shared => [ "shared_preload_libraries = 'pg_tenant'\nsession_preload_libraries = ''\n", 1 ],
	session => [ "shared_preload_libraries = ''\nsession_preload_libraries = 'pg_tenant'\n", 1 ],
	none => [ "shared_preload_libraries = ''\nsession_preload_libraries = ''\n", 0 ]);

for my $mode (sort keys %modes)
{
	my ($lines, $is_strict) = @{ $modes{$mode} };
	$node->append_conf('postgresql.conf', $lines);
	$node->restart;
	for my $role ('app', 'shop_owner')
	{
		for my $form (@forms)
		{
			my ($name, $sql, $expected, $kind) = @$form;
			my $at = "$mode, $role";
			is_answer(session($node, user => $role, tenant => $blue), $sql, $expected, "$at: $name");
			my $lost = session($node, user => $role)->answer($sql);
			if ($is_strict) { is($lost, 'TN001', "$at: $name without a tenant"); }
			elsif ($kind eq 'r') { like($lost, qr/^(TN001|SELECT 0|0|null|COPY 0|FETCH 0|COMMIT)$/, "$at: $name without a tenant shows nothing"); }
			else { like($lost, qr/^(TN001|UPDATE 0|DELETE 0|MERGE 0|ROLLBACK|23502|42501)$/, "$at: $name without a tenant does nothing"); }
		}
		first_plan($mode, $role);
		wrong_tenants("$mode, $role", $role, $is_strict);
	}
	is(rows(), '1 one,2 two,3 three', "$mode: nothing has changed");
}

# EXPLAIN may be the first to plan, and the extended protocol plans without a simple query.
sub first_plan
{
	my ($mode, $role) = @_;
	my $plan = session($node, user => $role, tenant => $blue)
	  ->answer('EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) SELECT * FROM shop.items');
	like($plan, qr/current_uuid|$blue/, "$mode, $role: EXPLAIN shows the filter");
	like($plan, qr/actual rows=2\b/, "$mode, $role: EXPLAIN ANALYZE counts the tenant's rows only");
	like(session($node, user => $role, tenant => $blue)->answer('EXPLAIN SELECT * FROM shop.items'),
		qr/current_uuid|$blue/, "$mode, $role: EXPLAIN without ANALYZE shows it too");
	my $wire = session($node, user => $role, tenant => $blue);
	$wire->parse('', 'SELECT id FROM shop.items WHERE id >= $1 ORDER BY id');
	$wire->bind('', '', '1');
	$wire->execute('');
	is(Wire::told($wire->sync), '1,2', "$mode, $role: extended protocol");
	return;
}

# Unknown and suspended tenants, and ids that are no uuid. The one rule that needs no hook: no other tenant's rows.
sub wrong_tenants
{
	my ($at, $role, $is_strict) = @_;
	my %wrong = ($nobody => 'TN002', '44444444-4444-4444-4444-444444444444' => 'TN003', 'not-a-uuid' => 'TN002');
	for my $tenant (sort keys %wrong)
	{
		my $session = session($node, user => $role, tenant => $tenant);
		my $first = $session->answer('SELECT id FROM shop.items');
		if ($is_strict) { is($first, $wrong{$tenant}, "$at: first statement of $tenant"); }
		else { like($first, qr/^($wrong{$tenant}|SELECT 0)$/, "$at: first statement of $tenant shows nothing"); }
		is($session->answer('SELECT id FROM shop.items'), $wrong{$tenant}, "$at: second statement of $tenant");
	}
	# A write evaluates no policy while it is planned.
	my $suspended = session($node, user => $role, tenant => '44444444-4444-4444-4444-444444444444');
	is($suspended->answer('BEGIN; INSERT INTO shop.items (id) VALUES (9); ROLLBACK'), 'TN003',
		"$at: a suspended tenant writes nothing, not even first");
	return;
}

sub rows
{
	return superuser($node)->answer(q{SET row_security = off; SELECT id || ' ' || name FROM shop.items ORDER BY id});
}

done_testing();
