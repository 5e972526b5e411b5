# pg_dump and pg_restore carry the protection and the registry; a restored database isolates like the first.
use strict;
use warnings;

use TenantTest;
use PostgreSQL::Test::Utils;
use Test::More;

my ($blue, $red) = (BLUE, RED);
our $node = tenant_node('main');
$node->safe_psql('postgres', 'CREATE DATABASE shop');
create_shop($node, 'shop');
$node->safe_psql('shop', qq{
	SET SESSION AUTHORIZATION shop_owner;
	CREATE TABLE shop.orders (tenant_id varchar(64), id int) PARTITION BY RANGE (id);
	CREATE TABLE shop.orders_low PARTITION OF shop.orders FOR VALUES FROM (0) TO (100);
	CREATE TABLE shop."Odd ""name" ("the tenant" text, id int);
	CREATE TABLE shop.base (tenant_id bigint, id int);
	CREATE TABLE shop.child () INHERITS (shop.base);
	CREATE TABLE shop.own (tenant_id int, id int);
	CREATE POLICY few ON shop.own USING (id < 10);
	CREATE TABLE shop.countries (code text);
	CREATE TABLE shop.files (tenant_id uuid, item int, FOREIGN KEY (tenant_id, item) REFERENCES shop.items);
	CREATE TABLE shop.albums (id int PRIMARY KEY, tenant_id uuid NOT NULL) PARTITION BY RANGE (id);
	CREATE TABLE shop.albums_low PARTITION OF shop.albums FOR VALUES FROM (0) TO (100);
	CREATE TABLE shop.photos (id int, tenant_id uuid NOT NULL, album int REFERENCES shop.albums DEFERRABLE, fixed int REFERENCES shop.albums);
	INSERT INTO shop.albums VALUES (1, '$blue'), (3, '$red');
	INSERT INTO shop.photos VALUES (1, '$blue', 1, 1), (3, '$red', 3, NULL);
	SELECT tenant.protect('shop.albums'), tenant.protect('shop.photos');
	INSERT INTO shop.orders VALUES ('$blue', 1), ('$red', 2);
	INSERT INTO shop."Odd ""name" VALUES ('$blue', 1), ('$red', 2);
	INSERT INTO shop.base VALUES (7, 1), (8, 2);
	INSERT INTO shop.child VALUES (7, 3), (8, 4);
	INSERT INTO shop.own VALUES (7, 1), (7, 20), (8, 2);
	INSERT INTO shop.files VALUES ('$blue', 1), ('$red', 3);
	SELECT tenant.protect('shop.orders', column_type => 'varchar');
	SELECT tenant.protect('shop."Odd ""name"', 'the tenant', 'text');
	SELECT tenant.protect('shop.base', column_type => 'bigint', register => true);
	SELECT tenant.protect('shop.own', column_type => 'int');
	SELECT tenant.protect('shop.files');
	SELECT tenant.share('shop.countries');
	DO \$\$ BEGIN EXECUTE (SELECT fix FROM tenant.unsafe_keys WHERE name = 'photos_fixed_fkey'); END \$\$;
	SELECT tenant.provision('grey', 'Grey Inc', 'shop', '{grey.example.com}', '{"a": 1}');
	SELECT tenant.suspend('grey', 'unpaid');
	SELECT tenant.add_resource('grey', 'bucket', 'b1');
	SELECT tenant.add_resource('$blue', 'queue', 'q1');
	RESET SESSION AUTHORIZATION;
	CREATE ROLE "Bound role";
	SELECT tenant.grant_tenant('"Bound role"', '$blue');
	SELECT tenant.grant_platform('"Bound role"', 'shop'), tenant.add_template_table('shop.files');
	SELECT tenant.provision('green', domains => '{green.example.com,*.green.example.com}', idempotency_key => 'k'), tenant.soft_delete(p.tenant_id)
		FROM tenant.provision('gone', domains => '{gone.example.com}') p;
	CREATE TABLE shop.companies (id text PRIMARY KEY, title text);
	INSERT INTO shop.companies VALUES ('co-1', 'One'), ('co-2', 'Two');
	ALTER TABLE shop.companies OWNER TO shop_owner;
	SELECT tenant.register_from('shop.companies', 'id', 'title');
	CREATE FUNCTION shop.is_even(int) RETURNS boolean LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog AS 'BEGIN RETURN \$1 & 1 = 0; END';
	SELECT tenant.trust('shop.is_even(int)', 'looks at one bit'), tenant.distrust('textlike(text,text)');
	INSERT INTO tenant.role_grants VALUES (4000000000, '$red');
	INSERT INTO tenant.jwt_keys VALUES ('public', 'ES256', 'not looked at here', NULL, NULL, 'tenant_id'), ('secret', 'HS256', 'not dumped', NULL, NULL, 'tenant_id');
});

# Everything that isolation rests on, as text.
sub state_of
{
	my ($database) = @_;
	return $node->safe_psql($database, q{
		SELECT polrelid::regclass, polname, polpermissive, polcmd, polroles, pg_get_expr(polqual, polrelid),
			pg_get_expr(polwithcheck, polrelid) FROM pg_policy ORDER BY polrelid::regclass::text, polname;
		SELECT oid::regclass, relrowsecurity, relforcerowsecurity FROM pg_class
			WHERE relnamespace = 'shop'::regnamespace AND relkind IN ('r', 'p') ORDER BY oid::regclass::text;
		SELECT a.attrelid::regclass, a.attname, a.attnotnull, pg_get_expr(d.adbin, d.adrelid) FROM pg_attribute a
			JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
			JOIN pg_class c ON c.oid = a.attrelid AND relnamespace = 'shop'::regnamespace
			ORDER BY a.attrelid::regclass::text, a.attname;
		SELECT tbl, tenant_column, column_type, open, part_of FROM tenant.protected_tables ORDER BY tbl::text;
		SELECT relation FROM tenant.shared_tables ORDER BY relation::text;
		SELECT * FROM tenant.tenants ORDER BY tenant_id;
		SELECT * FROM tenant.tenant_resources ORDER BY tenant_id, type;
		SELECT * FROM tenant.tenant_domains ORDER BY domain;
		SELECT * FROM tenant.provision_keys ORDER BY idempotency_key;
		SELECT * FROM tenant.platform_grants ORDER BY role::text, platform_id;
		SELECT * FROM tenant.template_tables ORDER BY relation::text;
		SELECT * FROM tenant.company_tables ORDER BY relation::text;
		SELECT * FROM tenant.company_tenants ORDER BY tenant_id;
		SELECT * FROM tenant.audit_log ORDER BY changed_at, tenant_id;
		SELECT tgrelid::regclass, tgname, tgenabled FROM pg_trigger WHERE tgfoid IN ('tenant.follow_companies()'::regprocedure, 'tenant.refuse_audit_change()'::regprocedure)
			ORDER BY 1, 2;
		SELECT * FROM tenant.jwt_keys WHERE key_id <> 'secret';
		TABLE tenant.operator_trust ORDER BY function;
		SELECT * FROM tenant.role_grants WHERE role <> 4000000000 ORDER BY role::text;
		SELECT indrelid::regclass, indkey, indisunique FROM pg_index JOIN pg_class c ON c.oid = indrelid
			AND relnamespace = 'shop'::regnamespace ORDER BY indrelid::regclass::text, indkey::text;
		SELECT tgrelid::regclass, proname, conname, tgdeferrable, tgenabled, pg_get_constraintdef(c.oid) FROM pg_trigger t
			JOIN pg_proc p ON p.oid = tgfoid AND proname ~ '^check_referenced?$' JOIN pg_constraint c ON c.oid = tgconstraint
			ORDER BY tgrelid::regclass::text, proname, conname;
		SELECT name, checked FROM tenant.unsafe_keys WHERE kind = 'foreign';
		SELECT evtname, evtenabled, evtfoid::regprocedure FROM pg_event_trigger ORDER BY evtname;
		SELECT tgname, tgenabled FROM pg_trigger WHERE tgrelid = 'tenant.tenants'::regclass AND NOT tgisinternal
			ORDER BY tgname;
		SELECT proname, proacl::text FROM pg_proc WHERE pronamespace = 'tenant'::regnamespace ORDER BY oid::regprocedure::text;
	});
}

sub isolates
{
	my ($database) = @_;
	my %rows = (
		'shop.items' => { $blue => '1,2', $red => '3' },
		'shop.orders' => { $blue => '1', $red => '2' },
		'shop.orders_low' => { $blue => '1', $red => '2' },
		'shop."Odd ""name"' => { $blue => '1', $red => '2' },
		'shop.base' => { 7 => '1,3', 8 => '2,4' },
		'shop.child' => { 7 => '3', 8 => '4' },
		'shop.own' => { 7 => '1', 8 => '2' });
	for my $role ('app', 'shop_owner')
	{
		for my $table (sort keys %rows)
		{
			for my $tenant (sort keys %{ $rows{$table} })
			{
				my $session = session($node, dbname => $database, user => $role, tenant => $tenant);
				is_answer($session, "SELECT id FROM $table ORDER BY id", $rows{$table}{$tenant}, "$database: $role, $table of $tenant");
			}
			is_answer(session($node, dbname => $database, user => $role), "SELECT id FROM $table", 'TN001',
				"$database: $role, $table without a tenant");
		}
	}
	my $blue_app = session($node, dbname => $database, tenant => $blue);
	is_answer($blue_app, "INSERT INTO shop.items VALUES ('$red', 9)", '42501', "$database: no row for another tenant");
	is_answer($blue_app, 'BEGIN; INSERT INTO shop.items (id) VALUES (9) RETURNING tenant_id; ROLLBACK', $blue, "$database: the default");
	is_answer($blue_app, 'INSERT INTO shop.photos (id, album) VALUES (9, 3)', 'TN006', "$database: no reference to another tenant's row");
	is_answer($blue_app, 'INSERT INTO shop.photos (id, fixed) VALUES (9, 3)', '23503', "$database: nor by a composite key");
	is_answer($blue_app, "SELECT filter FROM tenant.explain_barrier('SELECT FROM shop.items WHERE shop.is_even(id) AND $$_[0]')", $$_[1], "$database: trust, and $$_[0]")
	  for [ 'name ~ $$x$$', 'moved' ], [ 'name LIKE $$x$$', 'mixed' ];
	is_answer(session($node, dbname => $database, tenant => 'grey'), 'SELECT * FROM shop.orders', 'TN003', "$database: still suspended");
	is_answer(session($node, dbname => $database, user => 'shop_owner', tenant => $blue),
		'ALTER TABLE shop.files VALIDATE CONSTRAINT files_tenant_id_item_fkey', 'ALTER TABLE', "$database: the foreign key");
	return;
}

# Protecting again changes nothing, and what is new is protected at once.
sub goes_on
{
	my ($database) = @_;
	my $before = state_of($database);
	my $owner = session($node, dbname => $database, user => 'shop_owner');
	for my $call ("'shop.items'", "'shop.photos'", "'shop.albums'", "'shop.orders', column_type => 'varchar'", q{'shop."Odd ""name"', 'the tenant', 'text'},
		"'shop.base', column_type => 'bigint'", "'shop.own', column_type => 'int'")
	{
		is_answer($owner, "SELECT tenant.protect($call)", '', "$database: protect($call) again");
	}
	is(state_of($database), $before, "$database: and nothing has changed");
	$owner->do("CREATE TABLE shop.orders_high PARTITION OF shop.orders FOR VALUES FROM (100) TO (200)");
	is_answer(session($node, dbname => $database), 'SELECT * FROM shop.orders_high', 'TN001', "$database: a new partition");
	is_answer($owner, "SELECT status FROM tenant.resume('grey')", 'active', "$database: the lifecycle goes on");
	is_answer(session($node, dbname => $database, tenant => 'grey'), 'SELECT * FROM shop.orders', 'SELECT 0', "$database: in again");
	$owner->do('DROP TABLE shop.countries');
	is_answer($owner, 'SELECT * FROM tenant.shared_tables', 'SELECT 0', "$database: a dropped shared table is forgotten");
	return;
}

my $folder = PostgreSQL::Test::Utils::tempdir();
my @restored;

sub restored_as
{
	my ($database, $prepare, @command) = @_;
	$node->safe_psql('postgres', "CREATE DATABASE $database");
	$node->safe_psql('postgres', $prepare) if $prepare;
	push @restored, $database if ok($node->run_log(\@command), "restore $database");
	return;
}

$node->command_ok([ 'pg_dump', '-Fc', '-f', "$folder/custom", 'shop' ], 'pg_dump as superuser');
$node->command_ok([ 'pg_dump', '-Fp', '-f', "$folder/plain.sql", 'shop' ], 'pg_dump as plain SQL');
$node->command_ok([ 'pg_dump', '-Fd', '-j2', '-f', "$folder/folder", 'shop' ], 'pg_dump in parallel');
restored_as('custom', '', 'pg_restore', '--exit-on-error', '-d', 'custom', "$folder/custom");
restored_as('plain', '', 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', 'plain', '-f', "$folder/plain.sql");
restored_as('folder', '', 'pg_restore', '--exit-on-error', '-j2', '-d', 'folder', "$folder/folder");

# Restored in parallel, rows and policies of a part can come before or after those of its parent; here both ways.
my ($list) = PostgreSQL::Test::Utils::run_command([ 'pg_restore', '-l', "$folder/custom" ]);
my @entries = grep { !/^;/ } split /\n/, $list;
my @policies = grep { / (POLICY|ROW SECURITY) / } @entries;
my @rest = grep { !/ (POLICY|ROW SECURITY) / } @entries;
my %orders = (
	backward => [ reverse @policies ],
	parents_first => [ (grep { !/ (child|orders_low) / } @policies), grep { / (child|orders_low) / } @policies ],
	parts_first => [ (grep { / (child|orders_low) / } @policies), grep { !/ (child|orders_low) / } @policies ]);
for my $order (sort keys %orders)
{
	PostgreSQL::Test::Utils::append_to_file("$folder/$order", join '', map { "$_\n" } @rest, @{ $orders{$order} });
	restored_as($order, '', 'pg_restore', '--exit-on-error', '-L', "$folder/$order", '-d', $order, "$folder/custom");
}
restored_as('paths', 'ALTER DATABASE paths SET search_path = pg_temp, shop, tenant, public, pg_catalog',
	'pg_restore', '--exit-on-error', '-d', 'paths', "$folder/custom");

my $original = state_of('shop');
isolates('shop');
for my $database (@restored)
{
	is($node->safe_psql($database, q{SELECT count(*) FILTER (WHERE role = 4000000000), (SELECT count(*) FROM tenant.jwt_keys WHERE algorithm = 'HS256') FROM tenant.role_grants}),
		'0|0', "$database: neither grants of roles that are gone nor secrets");
	is(state_of($database), $original, "$database: the state is that of the original") if $database ne 'paths';
	isolates($database);
	goes_on($database);
}

# A cluster that has only the roles: the extension brings its own.
{
	local $node = tenant_node('second');
	$node->safe_psql('postgres', 'CREATE ROLE app LOGIN; CREATE ROLE shop_owner LOGIN; CREATE ROLE "Bound role"');
	@restored = ();
	restored_as('elsewhere', '', 'pg_restore', '--exit-on-error', '-d', 'elsewhere', "$folder/custom");
	isolates('elsewhere') if @restored;
	$node->stop;
}

# What a superuser dumps is whole; what the owner dumps is refused, not silently partial.
like(PostgreSQL::Test::Utils::slurp_file("$folder/plain.sql"), qr/^$red\t3\tthree$/m, "a superuser's dump has all tenants' rows");
$node->command_fails_like([ 'pg_dump', '-U', 'shop_owner', '-n', 'shop', '-f', "$folder/owner.sql", 'shop' ],
	qr/row-level security policy/, "the owner's pg_dump fails");
{
	local $ENV{PGOPTIONS} = "-c app.tenant_id=$blue";
	$node->command_fails_like([ 'pg_dump', '-U', 'shop_owner', '-n', 'shop', '-f', "$folder/owner.sql", 'shop' ],
		qr/row-level security policy/, "the owner's pg_dump under a tenant fails too");
	$node->command_ok([ 'pg_dump', '-U', 'shop_owner', '--enable-row-security', '--column-inserts', '-t', 'shop.items', '-f',
			"$folder/blue.sql", 'shop' ], "with --enable-row-security it is the tenant's dump");
	my $dump = PostgreSQL::Test::Utils::slurp_file("$folder/blue.sql");
	is(scalar(() = $dump =~ /^INSERT/mg), 2, "with that tenant's rows");
	unlike($dump, qr/$red/, 'and no other');
	$node->command_ok([ 'pg_dump', '-Fp', '-f', "$folder/under.sql", 'shop' ], 'pg_dump as superuser under a tenant');
	is(PostgreSQL::Test::Utils::slurp_file("$folder/under.sql") =~ s/^\\(un)?restrict.*\n//mgr,
		PostgreSQL::Test::Utils::slurp_file("$folder/plain.sql") =~ s/^\\(un)?restrict.*\n//mgr, 'is whole all the same');
}

done_testing();
