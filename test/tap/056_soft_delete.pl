# Soft deletion on whole servers: without preloading, dumped and restored, replicated.
use strict;
use warnings;

use TenantTest;
use Test::More;

my $blue = BLUE;
my $node = tenant_node('main');
create_shop($node);
$node->safe_psql('postgres', qq{
	SELECT tenant.enable_soft_delete('shop.items', deleted_by => 'deleted_by');
	CREATE TABLE shop.shared (id int PRIMARY KEY, removed timestamptz);
	SELECT tenant.share('shop.shared'), tenant.enable_soft_delete('shop.shared', 'removed');
	INSERT INTO shop.shared VALUES (1), (2), (3);
	GRANT ALL ON shop.shared TO PUBLIC;
	CREATE TABLE shop.folders (tenant_id uuid, id int, name text, PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, name));
	CREATE TABLE shop.files (tenant_id uuid, folder int, FOREIGN KEY (tenant_id, folder) REFERENCES shop.folders ON DELETE CASCADE);
	SELECT tenant.protect('shop.folders'), tenant.protect('shop.files');
	SELECT tenant.enable_soft_delete('shop.folders', unique_keys => 'live'), tenant.enable_soft_delete('shop.files');
	SET app.tenant_id = '$blue';
	DELETE FROM shop.items WHERE id = 1;
	DELETE FROM shop.shared WHERE id = 1;
	INSERT INTO shop.folders (id, name) VALUES (1, 'a'), (2, 'b');
	INSERT INTO shop.files (folder) VALUES (1), (2);
	DELETE FROM shop.folders WHERE id = 1;
	INSERT INTO shop.folders (id, name) VALUES (3, 'a');
});
my $rows = 'SELECT id, deleted_at IS NULL, deleted_by FROM shop.items ORDER BY tenant_id, id';
my $before = $node->safe_psql('postgres', "SET row_security = off; $rows");

# A dump has the marked rows, and the restored tables go on marking.
my $file = $node->basedir . '/dump';
$node->command_ok([ 'pg_dump', '-Fc', '-f', $file, '-d', $node->connstr('postgres') ], 'pg_dump');
$node->safe_psql('postgres', 'CREATE DATABASE restored');
$node->command_ok([ 'pg_restore', '-j', '2', '-d', $node->connstr('restored'), $file ], 'pg_restore');
is($node->safe_psql('restored', "SET row_security = off; $rows"), $before, 'marked rows are restored, marked');
is($node->safe_psql('restored', "SET app.tenant_id = '$blue'; SELECT string_agg(id::text, ' ' ORDER BY id) FROM shop.items;
	SELECT string_agg(id::text, ' ' ORDER BY id) FROM shop.shared"), "2\n2 3", 'and hidden');
is($node->safe_psql('restored', "SET app.tenant_id = '$blue'; DELETE FROM shop.items WHERE id = 2; SET app.include_deleted = on;
	SELECT count(*), count(deleted_at) FROM shop.items"), '2|2', 'DELETE marks there');
is($node->safe_psql('restored', "SET app.tenant_id = '$blue'; DELETE FROM shop.folders WHERE id = 2;
	SELECT (SELECT count(*) FROM shop.folders), (SELECT count(*) FROM shop.files)"), '1|0', 'and goes on to what references the rows');
is($node->safe_psql('restored', "SET app.tenant_id = '$blue'; SET client_min_messages = error; SELECT tenant.disable_soft_delete('shop.folders')"), '', 'what is live only is known');
is($node->safe_psql('restored', "SELECT pg_get_indexdef('shop.folders_tenant_id_name_key'::regclass) ~ 'deleted_at'"), 't', 'and stays, where rows have the same key');

# Loaded in the first statement, or after it.
for my $where ('nowhere', 'session')
{
	my $library = $where eq 'session' ? 'pg_tenant' : '';
	$node->append_conf('postgresql.conf', "shared_preload_libraries = ''\nsession_preload_libraries = '$library'\n");
	$node->restart;
	my $root = superuser($node);
	if ($where eq 'nowhere')
	{
		is($node->safe_psql('postgres', "SELECT severity FROM tenant.check() WHERE code = 'soft_delete_not_preloaded'"), 'warning', "$where: check() says so");
		is_answer($root, 'DELETE FROM shop.shared WHERE id = 2', '55000', "$where: a DELETE that no hook saw is refused");
		is_answer($root, 'SELECT count(*) FROM shop.shared', '2', "$where: nothing was deleted");
	}
	else
	{
		is($node->safe_psql('postgres', "SELECT count(*) FROM tenant.check() WHERE code = 'soft_delete_not_preloaded'"), '0', "$where: all sessions have it");
	}
	is_answer($root, 'DELETE FROM shop.shared WHERE id = 2', 'DELETE 1', "$where: then it marks");
	is_answer($root, 'SELECT string_agg(id::text, \' \') FROM shop.shared', '3', "$where: marked rows are hidden");
	$root->do('SET app.include_deleted = alone');
	is_answer($root, 'SELECT string_agg(id::text, \' \' ORDER BY id) FROM shop.shared', '1 2', "$where: and seen when they are asked for");
	$root->do("SELECT tenant.restore_rows('shop.shared', 'id = 2')");
}

done_testing();
