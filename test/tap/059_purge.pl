# The server dies in the middle of a purge, and the next call finishes it: nothing is lost, nothing is left. What it has come to is
# seen meanwhile. Also without preloading.
use strict;
use warnings;

use TenantTest;
use Test::More;

my ($blue, $red) = (BLUE, RED);
my $node = tenant_node('main');
create_shop($node);
# Of each tenant, marked: 100 notes, and live: 20. Of BLUE 25000 pages, in a tree, on two partitions. Rows of some numbers wait for
# a lock before they go.
$node->safe_psql('postgres', qq{
	CREATE FUNCTION public.wait() RETURNS trigger LANGUAGE plpgsql AS \$\$
	BEGIN
		PERFORM pg_advisory_xact_lock_shared(1);
		RETURN OLD;
	END \$\$;
	SET SESSION AUTHORIZATION shop_owner;
	CREATE TABLE shop.notes (tenant_id uuid, id int, PRIMARY KEY (tenant_id, id));
	CREATE TABLE shop.pages (tenant_id uuid, id int, parent int, PRIMARY KEY (tenant_id, id), FOREIGN KEY (tenant_id, parent) REFERENCES shop.pages)
		PARTITION BY RANGE (id);
	CREATE TABLE shop.first_pages PARTITION OF shop.pages FOR VALUES FROM (1) TO (5000);
	CREATE TABLE shop.other_pages PARTITION OF shop.pages DEFAULT;
	SELECT tenant.protect('shop.notes'), tenant.protect('shop.pages');
	SELECT tenant.enable_soft_delete('shop.notes'), tenant.enable_soft_delete('shop.items');
	RESET SESSION AUTHORIZATION;
	SET row_security = off;
	INSERT INTO shop.notes SELECT t, i, CASE WHEN i <= 100 THEN now() - interval '2 days' END FROM generate_series(1, 120) i, unnest(ARRAY['$blue', '$red']::uuid[]) t;
	INSERT INTO shop.pages SELECT '$blue', i, nullif(i / 10, 0) FROM generate_series(1, 25000) i;
	INSERT INTO shop.pages SELECT '$red', i, nullif(i / 10, 0) FROM generate_series(1, 50) i;
	CREATE TRIGGER wait BEFORE DELETE ON shop.notes FOR EACH ROW WHEN (OLD.id = 55) EXECUTE FUNCTION public.wait();
	CREATE TRIGGER wait BEFORE DELETE ON shop.pages FOR EACH ROW WHEN (OLD.id = 20000) EXECUTE FUNCTION public.wait();
});

# A session that purges, and has come to the row that waits.
sub purge_to_the_middle
{
	my ($call, @who) = @_;
	my $holder = superuser($node);
	$holder->do('SELECT pg_advisory_lock(1)');
	my $purger = session($node, @who);
	$purger->send('Q', "$call\0");
	ok($node->poll_query_until('postgres', "SELECT EXISTS (SELECT FROM pg_locks WHERE pid = $purger->{pid} AND NOT granted)"), "$call waits");
	return ($purger, $holder);
}

sub rows
{
	my ($table) = @_;
	my $boss = superuser($node);
	$boss->do('SET row_security = off');
	return Wire::told($boss->query("SELECT count(*) FILTER (WHERE tenant_id = '$blue'), count(*) FILTER (WHERE tenant_id = '$red') FROM $table"));
}

# Rows that were marked.
my ($purger, $holder) = purge_to_the_middle("CALL tenant.purge_all('1 day', 10)", user => 'shop_owner', tenant => $blue);
is_answer(superuser($node), 'SELECT pid, datname, relid::regclass, command, phase, tables_total, rows_found, rows_deleted FROM tenant.stat_progress_purge',
	"$purger->{pid}|postgres|shop.notes|purge_all|deleting rows|2|100|50", 'how far it has come');
is_answer(session($node, tenant => $blue), 'SELECT count(*) FROM shop.notes', '20', 'readers do not wait');
is_answer(session($node, tenant => $blue), 'INSERT INTO shop.notes VALUES (DEFAULT, 1000) RETURNING id', '1000', 'nor do writers');
$node->stop('immediate');
$node->start;
is(rows('shop.notes'), '71|120', 'five batches are gone, and no more');
is_answer(superuser($node), 'SELECT count(*) FROM tenant.stat_progress_purge', '0', 'nothing is under way');
my $owner = session($node, user => 'shop_owner', tenant => $blue);
is_answer($owner, "CALL tenant.purge_deleted('shop.notes', '1 day')", '50', 'the next call finishes');
is(rows('shop.notes'), '21|120', 'nothing is left, and nothing is lost');
is_answer($owner, "CALL tenant.purge_deleted('shop.notes', '1 day', 7)", '7', 'there is no more to do');

# A call that was cancelled goes on likewise, and leaves no report.
($purger, $holder) = purge_to_the_middle("CALL tenant.purge_deleted('shop.notes', '1 day')", user => 'shop_owner', tenant => $red);
$node->safe_psql('postgres', "SELECT pg_cancel_backend($purger->{pid})");
is(Wire::told($purger->finish), '57014', 'cancelled');
is_answer(superuser($node), 'SELECT count(*) FROM tenant.stat_progress_purge', '0', 'no report is left');
$holder->close;
is_answer($purger, "CALL tenant.purge_deleted('shop.notes', '1 day')", '100', 'again');
is(rows('shop.notes'), '21|20', 'all that were marked');

# A tenant.
$owner = session($node, user => 'shop_owner');
is_answer($owner, "SELECT status FROM tenant.soft_delete('$blue')", 'deleted', 'the tenant is deleted');
is_answer($owner, "CALL tenant.purge('$blue')", 'TN010', 'the grace period');
($purger, $holder) = purge_to_the_middle("CALL tenant.purge('$blue', force => true)", user => 'shop_owner');
is_answer(superuser($node), 'SELECT pid, relid::regclass, command, phase FROM tenant.stat_progress_purge',
	"$purger->{pid}|shop.other_pages|purge|deleting rows", 'how far it has come');
is_answer(session($node, user => 'shop_owner'), "CALL tenant.purge('$blue', force => true)", '55006', 'one purge at a time');
is_answer(session($node, user => 'shop_owner'), "SELECT tenant.restore('$blue')", 'TN010', 'there is no way back');
is_answer(session($node, tenant => $red), 'SELECT count(*) FROM shop.pages', '50', 'other tenants go on');
kill 'KILL', $purger->{pid};
is($purger->finish->{closed}, 1, 'the killed backend is gone');
$holder->finish;
$node->poll_query_until('postgres', 'SELECT true') or die 'the server does not come back';
my $left = rows('shop.pages');
like($left, qr/^(\d+)\|50$/, 'some are left');
my ($blue_left) = split /\|/, $left;
ok($blue_left > 0 && $blue_left < 25000, "$blue_left, after the crash");
is_answer(superuser($node), "SELECT 25000 - rows FROM tenant.purged_rows WHERE tbl = 'shop.pages'", $blue_left, 'as many as were counted');
$owner = session($node, user => 'shop_owner');
is_answer($owner, "SELECT tenant.restore('$blue')", 'TN010', 'there is still no way back');
is_answer(session($node, tenant => $blue), 'SELECT count(*) FROM shop.pages', 'TN003', 'the tenant is deleted');

# The library is not loaded when the server starts: it comes with the call.
$node->append_conf('postgresql.conf', "shared_preload_libraries = ''");
$node->restart;
$owner = session($node, user => 'shop_owner');
is_answer($owner, "CALL tenant.purge('$blue')", 'CALL', 'the next call finishes');
is(rows('shop.pages'), '0|50', 'no page is left, and nothing is lost');
is(rows('shop.items'), '0|1', 'no item');
is(rows('shop.notes'), '0|20', 'no note');
is_answer(superuser($node), "SELECT tbl, rows FROM tenant.purged_rows ORDER BY tbl", 'shop.items|2,shop.notes|21,shop.pages|25000', 'each was counted once');
is_answer(superuser($node), "SELECT finished_at > started_at, finished_by FROM tenant.purges", 't|shop_owner', 'it has its place in the trail');
is_answer(superuser($node), "SELECT tenant_id FROM tenant.tenants", $red, 'the tenant is gone');
is_answer(session($node, tenant => $blue), 'SELECT count(*) FROM shop.pages', 'TN002', 'for everybody');
# The first statement of a session brings the library, and removes rows that its trigger would keep.
my $marker = session($node, user => 'shop_owner', tenant => $red);
$marker->query('SELECT tenant.current_id()');
is_answer($marker, 'DELETE FROM shop.notes WHERE id > 110', 'DELETE 10', 'rows are marked');
is_answer(session($node, user => 'shop_owner', tenant => $red), "CALL tenant.purge_deleted('shop.notes', '0')", '10', 'and purged');
is(rows('shop.notes'), '0|10', 'they are gone');

done_testing();
