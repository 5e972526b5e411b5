# A tenant is moved to a partition of its own while others read and write: every reader sees each row once, no write
# is lost, and what a crash leaves is harmless, and taken away by the next call.
use strict;
use warnings;

use TenantTest;
use Test::More;

my ($blue, $red) = (BLUE, RED);
my $node = tenant_node('main', 'autovacuum = off', 'max_connections = 50');
create_shop($node);
my $call = "CALL tenant.isolate_tenant('shop.stock', '$blue', 100)";
# What every row should be is kept beside, by a trigger of the table itself.
my $wrong = 'SELECT count(*) FROM (SELECT tenant_id, id, amount FROM shop.stock) s FULL JOIN shop.shadow USING (tenant_id, id)
	WHERE s.amount IS DISTINCT FROM shadow.amount';
my $count = 'SELECT count(*), count(DISTINCT id), count(DISTINCT tenant_id) FROM shop.stock';

sub make_stock
{
	my $owner = session($node, user => 'shop_owner');
	$owner->do('DROP TABLE IF EXISTS shop.marks, shop.stock, shop.shadow; DROP FUNCTION IF EXISTS shop.note CASCADE');
	$owner->do('CREATE TABLE shop.stock (tenant_id uuid, id int, amount int, filler text, PRIMARY KEY (tenant_id, id))');
	$owner->do("INSERT INTO shop.stock SELECT t::uuid, i, 100, repeat('x', 500) FROM unnest(ARRAY['$blue', '$red']) t, generate_series(1, 3000) i");
	$owner->do("SELECT tenant.protect('shop.stock', partitions => 1)");
	$owner->do('CREATE TABLE shop.marks (tenant_id uuid, item int, FOREIGN KEY (tenant_id, item) REFERENCES shop.stock)');
	$owner->do("INSERT INTO shop.marks SELECT t::uuid, i FROM unnest(ARRAY['$blue', '$red']) t, generate_series(1, 3000, 1000) i");
	$owner->do("SELECT tenant.protect('shop.marks')");
	my $super = superuser($node);
	$super->do('SET row_security = off');
	$super->do('CREATE TABLE shop.shadow AS SELECT tenant_id, id, amount FROM shop.stock');
	$super->do(q{CREATE FUNCTION shop.note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$BEGIN
		IF TG_OP <> 'INSERT' THEN DELETE FROM shop.shadow WHERE (tenant_id, id) = (OLD.tenant_id, OLD.id); END IF;
		IF TG_OP <> 'DELETE' THEN INSERT INTO shop.shadow VALUES (NEW.tenant_id, NEW.id, NEW.amount); END IF;
		RETURN NULL; END$$});
	$super->do('CREATE INDEX ON shop.shadow (tenant_id, id)');
	$super->do('CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON shop.stock FOR EACH ROW EXECUTE FUNCTION shop.note()');
	return;
}

sub wait_for_lock
{
	my ($session, $type) = @_;
	$node->poll_query_until('postgres', "SELECT EXISTS (SELECT FROM pg_locks WHERE pid = $session->{pid} AND NOT granted AND locktype = '$type')")
	  or die 'it does not wait';
	return;
}

# The mover up to the point where it copies, and waits for one who writes: that one is returned with it.
sub stopped_mover
{
	my $first = session($node, tenant => $red);
	$first->do('BEGIN');
	$first->do('UPDATE shop.stock SET amount = 0 WHERE id = 1');
	my $mover = session($node, user => 'shop_owner');
	$mover->send('Q', "$call\0");
	wait_for_lock($mover, 'relation');
	my $writer = session($node, tenant => $blue);
	$writer->do('BEGIN');
	$writer->send('Q', "INSERT INTO shop.stock VALUES (DEFAULT, 5000, 1)\0");
	wait_for_lock($writer, 'relation');
	$first->do('COMMIT');
	$writer->finish;
	return ($mover, $writer);
}

sub whole
{
	my ($rows) = @_;
	return "$rows|$rows|1";
}

sub all_is_well
{
	my ($at, $rows) = @_;
	is_answer(session($node, tenant => $blue), $count, whole($rows), "$at: the tenant's rows, each once, and no other's");
	is_answer(session($node, tenant => $red), $count, whole(3000), "$at: another tenant's");
	my $super = superuser($node);
	$super->do('SET row_security = off');
	is_answer($super, $wrong, 0, "$at: all is as it was written");
	return;
}

# What is written while rows are copied.
make_stock();
my $old = session($node, tenant => $blue);
$old->do('BEGIN ISOLATION LEVEL REPEATABLE READ');
is_answer($old, $count, whole(3000), 'a reader with an old snapshot');
my $idle = session($node, tenant => $blue);
$idle->do('BEGIN ISOLATION LEVEL REPEATABLE READ');
$idle->do('SELECT count(*) FROM pg_class');
my ($mover, $writer) = stopped_mover();
is_answer($writer, $count, whole(3001), 'a writer sees his own row once');
is_answer(session($node, tenant => $blue), $count, whole(3000), 'a reader sees the others');
is_answer(session($node, tenant => $red), $count, whole(3000), 'so does another tenant');
is_answer(session($node, tenant => $blue), $_, '42501', "nobody but the owner reads the copies: $_")
  for 'SELECT count(*) FROM shop.stock_tenant', 'SELECT count(*) FROM shop.stock_rest';
is_answer(session($node, user => 'shop_owner', tenant => $red), 'SELECT count(*) FROM shop.stock_tenant', 0, 'the owner is confined there too');
$writer->do('UPDATE shop.stock SET amount = amount + 1 WHERE id <= 10');
$writer->do('UPDATE shop.stock SET id = 6000 WHERE id = 20');
$writer->do('UPDATE shop.stock SET amount = amount + 1 WHERE id = 6000');
$writer->do('DELETE FROM shop.stock WHERE id BETWEEN 30 AND 40');
$writer->do('INSERT INTO shop.stock VALUES (DEFAULT, 35, 7)');
$writer->do('SAVEPOINT s');
$writer->do('DELETE FROM shop.stock WHERE id > 2500 AND id < 2900');
$writer->do('ROLLBACK TO s');
$writer->do('INSERT INTO shop.stock VALUES (DEFAULT, 50, 7) ON CONFLICT (tenant_id, id) DO UPDATE SET amount = 8');
is_answer(session($node, user => 'shop_owner'), "BEGIN; LOCK TABLE ONLY $_ IN SHARE UPDATE EXCLUSIVE MODE NOWAIT", '55P03', "nobody alters $_ meanwhile")
  for 'shop.stock', 'shop.stock_p0';
# It stops in the middle of a batch.
my $conflict = superuser($node);
$conflict->do('SET row_security = off; BEGIN');
is_answer($conflict, "INSERT INTO shop.stock_tenant VALUES ('$blue', 80, 0)", 'INSERT 0 1', 'a row that is in the way of the copy');
$writer->do('COMMIT');
wait_for_lock($mover, 'transactionid');
is_answer(session($node, tenant => $blue), 'BEGIN; LOCK TABLE shop.stock IN ROW EXCLUSIVE MODE NOWAIT', '55P03', 'nobody writes while a batch is copied');
is_answer(session($node, tenant => $blue), $count, whole(2991), 'everybody reads');
$conflict->do('ROLLBACK');
wait_for_lock($mover, 'virtualxid');
# Every row is copied by now, and none of the copies is in the old snapshots.
my $replica = superuser($node);
$replica->do("SET session_replication_role = replica; SET app.tenant_id = '$blue'");
$replica->do("UPDATE shop.stock SET filler = 'replicated' WHERE id = 70");
is_answer($old, 'UPDATE shop.stock SET amount = -1 WHERE id = 2000', 'UPDATE 1', 'a write with an old snapshot is repeated');
is_answer($old, 'DELETE FROM shop.stock WHERE id = 2002', 'DELETE 1', 'and another');
$old->do('COMMIT');
is_answer($idle, $count, whole(3000), 'it waits for one whose snapshot is older than the copies');
$idle->do('COMMIT');
is(Wire::told($mover->finish), 'CALL', 'the tenant is moved');
all_is_well('afterwards', 2990);
is_answer(session($node, tenant => $blue), "SELECT id FROM shop.stock WHERE filler = 'replicated'", 70, 'what a replica wrote was repeated');
is_answer(superuser($node), "SELECT inhrelid::regclass, pg_get_expr(relpartbound, inhrelid) FROM pg_inherits JOIN pg_class ON oid = inhrelid
	WHERE inhparent = 'shop.stock_p0'::regclass ORDER BY 1", "shop.stock_tenant|FOR VALUES IN ('$blue'),shop.stock_rest|DEFAULT", 'it has a partition');
is_answer(session($node, tenant => $blue), 'INSERT INTO shop.marks VALUES (DEFAULT, 7777)', '23503', 'foreign keys are checked');
is_answer(session($node, tenant => $blue), 'DELETE FROM shop.stock WHERE id = 1001', '23503', 'in both directions');
is_answer(superuser($node), 'SELECT bool_and(convalidated) FROM pg_constraint WHERE contype = $$f$$ AND conparentid = 0', 't', 'and valid');

# Many at once, in whatever order.
make_stock();
my $script = $node->basedir . '/write.sql';
open my $file, '>', $script or die;
print {$file} <<'SQL';
\set a random(1, 3000)
\set b random(1, 3000)
\set new random(10000, 20000)
BEGIN;
UPDATE shop.stock SET amount = amount - 1 WHERE id = :a;
UPDATE shop.stock SET amount = amount + 1 WHERE id = :b;
COMMIT;
BEGIN;
INSERT INTO shop.stock VALUES (DEFAULT, :new, 0) ON CONFLICT DO NOTHING;
DELETE FROM shop.stock WHERE id = :new;
COMMIT;
SELECT 1 / (count(*) = 3000 AND count(DISTINCT id) = 3000 AND count(DISTINCT tenant_id) = 1)::int FROM shop.stock WHERE id <= 3000;
SQL
close $file;
my @writers = map {
	local $ENV{PGOPTIONS} = "-c app.tenant_id=$_";
	local $ENV{PGUSER} = 'app';
	IPC::Run::start([ 'pgbench', '-n', '-c', '2', '-t', '150', '--max-tries=100', '-f', $script, $node->connstr('postgres') ],
		'>', '/dev/null', '2>', $node->basedir . "/pgbench_$_.log");
} $blue, $red;
is_answer(session($node, user => 'shop_owner'), $call, 'CALL', 'moved while many write');
for my $tenant ($blue, $red)
{
	my $bench = shift @writers;
	ok(IPC::Run::finish($bench), 'nobody has seen it') or diag(slurp_file($node->basedir . "/pgbench_$tenant.log"));
}
all_is_well('after many writers', 3000);

# It dies while it copies.
for my $stop ([ 'kill', sub { my ($pid) = @_; kill 'KILL', $pid } ], [ 'immediate stop', sub { $node->stop('immediate'); $node->start } ])
{
	my ($name, $deed) = @$stop;
	make_stock();
	my ($lost, $waiting) = stopped_mover();
	$deed->($lost->{pid});
	$_->finish for $lost, $waiting;
	$node->poll_query_until('postgres', 'SELECT true') or die 'the server does not come back';
	all_is_well("after $name", 3000);
	my $app = session($node, tenant => $blue);
	$app->do('UPDATE shop.stock SET amount = amount + 1 WHERE id < 100');
	$app->do('DELETE FROM shop.stock WHERE id = 100');
	is_answer(session($node, user => 'shop_owner'), 'DROP TABLE shop.stock_tenant', '2BP01', "after $name: what is left is needed");
	is_answer(session($node, user => 'shop_owner'), $call, 'CALL', "after $name: the next call");
	all_is_well("after $name and another call", 2999);
	is_answer(superuser($node), 'SELECT count(*) FROM pg_class WHERE relname ~ $$^stock_(tenant|rest)$$ AND relkind = $$r$$', 2, "after $name: nothing is left");
	is_answer(superuser($node), 'SELECT count(*) FROM pg_trigger WHERE tgname = $$pg_tenant_isolate$$', 0, "after $name: no trigger either");
}

# Who gives up drops the copies.
make_stock();
my ($given_up, $last) = stopped_mover();
is_answer(superuser($node), "SELECT pg_cancel_backend($given_up->{pid})", 't', 'it is cancelled');
is(Wire::told($given_up->finish), '57014', 'and ends');
$last->do('ROLLBACK');
session($node, user => 'shop_owner')->do('DROP TABLE shop.stock_tenant, shop.stock_rest CASCADE');
all_is_well('after it was given up', 3000);
session($node, tenant => $blue)->do('UPDATE shop.stock SET amount = 3');
is_answer(superuser($node), 'SELECT count(*) FROM pg_trigger WHERE tgname = $$pg_tenant_isolate$$', 0, 'the trigger went with them');

done_testing();
