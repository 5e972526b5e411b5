# Plans that were cached before the library came into the session are made again.
use strict;
use warnings;

use TenantTest;
use Test::More;

my ($blue, $red) = (BLUE, RED);
my $node = tenant_node('main');
create_shop($node);
$node->safe_psql('postgres', qq{
	SET SESSION AUTHORIZATION shop_owner;
	CREATE TABLE shop.countries (code text PRIMARY KEY);
	SELECT tenant.share('shop.countries');
	INSERT INTO shop.countries SELECT 'c' || i FROM generate_series(1, 3) i;
	CREATE TABLE shop.cities (tenant_id uuid, country text REFERENCES shop.countries ON DELETE CASCADE);
	INSERT INTO shop.cities SELECT t, 'c' || i FROM generate_series(1, 3) i, (VALUES ('$blue'::uuid), ('$red')) v (t);
	SELECT tenant.protect('shop.cities');
});
$node->append_conf('postgresql.conf', "shared_preload_libraries = ''\nsession_preload_libraries = ''\n");
$node->restart;

# No policy of ours is asked for a superuser, so nothing loads the library, and nothing confines yet.
my $root = superuser($node);
$root->do("SET app.tenant_id = '$blue'");
$root->do('PREPARE ids AS SELECT id FROM shop.items ORDER BY id');
is_answer($root, 'EXECUTE ids', '1,2,3', 'before the library is there: a prepared statement is not confined');
is_answer($root, "DELETE FROM shop.countries WHERE code = 'c1'", 'DELETE 1', 'nor is a cascade');
$root->do('SELECT tenant.current_id()');
is_answer($root, 'EXECUTE ids', '1,2', 'afterwards: the prepared statement is');
is_answer($root, "DELETE FROM shop.countries WHERE code = 'c2'", 'TN006', 'and the cascade does not reach another tenant\'s rows');
$root->do('SET row_security = off');
is_answer($root, "SELECT count(*) FROM shop.cities WHERE country = 'c2'", '2', 'which are there');

done_testing();
