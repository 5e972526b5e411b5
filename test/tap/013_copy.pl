# COPY FROM into protected tables answers as the server's own does into tables of the same shape, by each way that
# it may go: options of the major, formats, both protocols, files, programs, progress.
use strict;
use warnings;

use TenantTest;
use Test::More;

my ($blue, $red) = (BLUE, RED);
my $node = tenant_node('main');
create_shop($node);
my $major = $node->safe_psql('postgres', 'SHOW server_version_num') / 10000;
my $columns = 'tenant_id uuid NOT NULL, id int DEFAULT 7, name text DEFAULT \'usual\', made date, PRIMARY KEY (tenant_id, id)';
$node->safe_psql('postgres', qq{
	GRANT CREATE ON SCHEMA shop TO app;
	CREATE FUNCTION shop.shout() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.name := upper(NEW.name); RETURN NEW; END';
	CREATE TABLE shop.plain ($columns);
	CREATE TABLE shop.plain_watched ($columns);
	ALTER TABLE shop.plain ALTER tenant_id SET DEFAULT '$blue';
	ALTER TABLE shop.plain_watched ALTER tenant_id SET DEFAULT '$blue';
	CREATE TABLE shop.guarded ($columns);
	CREATE TABLE shop.watched ($columns);
	CREATE TRIGGER shout BEFORE INSERT ON shop.plain_watched FOR EACH ROW EXECUTE FUNCTION shop.shout();
	CREATE TRIGGER shout BEFORE INSERT ON shop.watched FOR EACH ROW EXECUTE FUNCTION shop.shout();
	SELECT tenant.protect('shop.guarded'), tenant.protect('shop.watched');
	GRANT ALL ON ALL TABLES IN SCHEMA shop TO app;
	CREATE ROLE reader LOGIN IN ROLE app, pg_read_server_files, pg_execute_server_program;
});

# What a COPY answered and left behind, with the table's name taken out.
sub trial
{
	my ($wire, $table, $copy, $data, %params) = @_;
	my $result = $wire->copy($copy =~ s/TABLE/shop.$table/r, $data, %params);
	my @told = map { "$_->{S}: $_->{M} / " . ($_->{W} // '') } @{ $result->{notices} };
	push @told, $result->{sqlstate} ? "$result->{sqlstate} $result->{message}" : @{ $result->{tags} };
	push @told, $wire->answer("SELECT id, name, made FROM shop.$table ORDER BY id");
	$wire->do("DELETE FROM shop.$table");
	return join("\n", @told) =~ s/\b$table(?=_pkey\b|\b)/TABLE/gr;
}

# [name, command, data, what it answers into a table without a trigger, if that is worth saying]
my $binary = "PGCOPY\n\xff\r\n\0" . pack('NN', 0, 0)
	. join('', map { pack('n', 2) . pack('NN', 4, $_) . pack('N/a', "row $_") } 1, 2) . pack('n', 0xffff);
my @trials = (
	[ 'text', 'COPY TABLE (id, name) FROM STDIN', "1\tone\n2\t\\N\n", "COPY 2\n1|one|null,2|null|null" ],
	[ 'an empty file', 'COPY TABLE (id) FROM STDIN', '', "COPY 0\nSELECT 0" ],
	[ 'csv', 'COPY TABLE (name, id) FROM STDIN (FORMAT csv, HEADER)', "name,id\n\"a, b\",1\n,2\n" ],
	[ 'binary', 'COPY TABLE (id, name) FROM STDIN (FORMAT binary)', $binary, "COPY 2\n1|row 1|null,2|row 2|null" ],
	[ 'binary cut short', 'COPY TABLE (id, name) FROM STDIN (FORMAT binary)', substr($binary, 0, 40) ],
	[ 'forced nulls', 'COPY TABLE (id, name, made) FROM STDIN (FORMAT csv, FORCE_NULL (made), FORCE_NOT_NULL (name))', "1,,\"\"\n" ],
	[ 'another encoding', 'COPY TABLE (id, name) FROM STDIN (ENCODING latin1)', "1\tni\xf1o\n" ],
	[ 'a wrong header', 'COPY TABLE (id, name) FROM STDIN (HEADER MATCH)', "id\tnames\n" ],
	[ 'a bad value', 'COPY TABLE (id, made) FROM STDIN', "1\t2026-01-01\n2\tnever\n" ],
	[ 'a duplicate', 'COPY TABLE (id, made) FROM STDIN', "1\t2026-01-01\n1\t\\N\n" ],
	[ 'a condition', 'COPY TABLE (id, made) FROM STDIN WHERE id <> 2 AND made IS NULL', "1\t\\N\n2\t\\N\n3\t2026-01-01\n", "COPY 1\n1|usual|null" ],
	[ 'an option that there is not', 'COPY TABLE FROM STDIN (COLOUR blue)', '' ],
	[ 'a long file', 'COPY TABLE (id, name) FROM STDIN', join('', map { "$_\t" . 'x' x ($_ % 50) . "\n" } 1 .. 3000) ]);
push @trials,
  [ 'DEFAULT', "COPY TABLE (id, name, made) FROM STDIN (DEFAULT '?')", "?\t?\t\\N\n8\tx\t\\N\n", "COPY 2\n7|usual|null,8|x|null" ]
  if $major >= 16;
push @trials,
  [ 'ON_ERROR', 'COPY TABLE (id, made) FROM STDIN (ON_ERROR ignore)', "1\tnever\nx\t\\N\n2\t\\N\n",
	"NOTICE: 2 rows were skipped due to data type incompatibility / \nCOPY 1\n2|usual|null" ],
  [ 'ON_ERROR where none is', 'COPY TABLE (id) FROM STDIN (ON_ERROR ignore)', "1\n" ],
  [ 'LOG_VERBOSITY', 'COPY TABLE (id, made) FROM STDIN (ON_ERROR ignore, LOG_VERBOSITY verbose)', "1\tnever\n2\t\\N\n" ],
  [ 'FORCE_NULL of all', 'COPY TABLE (id, name) FROM STDIN (FORMAT csv, FORCE_NULL *)', "1,\"\"\n" ]
  if $major >= 17;
push @trials,
  [ 'few rejected', 'COPY TABLE (id) FROM STDIN (ON_ERROR ignore, REJECT_LIMIT 2)', "x\n1\ny\n" ],
  [ 'too many rejected', 'COPY TABLE (id) FROM STDIN (ON_ERROR ignore, REJECT_LIMIT 1)', "x\n1\ny\n" ],
  [ 'LOG_VERBOSITY silent', 'COPY TABLE (id) FROM STDIN (ON_ERROR ignore, LOG_VERBOSITY silent)', "x\n1\n" ]
  if $major >= 18;

my $wire = session($node, tenant => $blue);
for my $trial (@trials)
{
	my ($name, $copy, $data, $expected) = @$trial;
	my $native = trial($wire, 'plain', $copy, $data);
	is($native, $expected, "$name: as expected") if defined $expected;
	is(trial($wire, 'guarded', $copy, $data), $native, "$name: with the guard");
	is(trial($wire, 'watched', $copy, $data), trial($wire, 'plain_watched', $copy, $data), "$name: through INSERT");
	is(trial($wire, 'watched', $copy, $data, extended => 1), trial($wire, 'plain_watched', $copy, $data, extended => 1),
		"$name: through INSERT, by the extended protocol");
}
for my $table ('guarded', 'watched')
{
	is(trial($wire, $table, 'COPY TABLE (id) FROM STDIN', undef), trial($wire, 'plain', 'COPY TABLE (id) FROM STDIN', undef),
		"the client gives up: $table");
	is(trial($wire, $table, 'COPY TABLE (tenant_id, id) FROM STDIN', "$blue\t1\n$red\t2\n"),
		qq{42501 new row violates row-level security policy "tenant_isolation" for table "TABLE"\nSELECT 0}, "another tenant's row: $table");
	is(join(' ', map { my $r = $wire->copy("COPY shop.$table (id) FROM STDIN", "$_\n", extended => 1); $r->{tags}[-1] } 1, 2),
		'COPY 1 COPY 1', "twice: $table");
	$wire->do("DELETE FROM shop.$table");
}

# Files and programs, for roles that may read them.
my $file = $node->basedir . '/rows';
PostgreSQL::Test::Utils::append_to_file($file, "1\tone\n2\ttwo\n");
my $reader = session($node, user => 'reader', tenant => $blue);
for my $table ('guarded', 'watched')
{
	my $plain = $table eq 'watched' ? 'plain_watched' : 'plain';
	for my $from ("'$file'", "'/nowhere'", "PROGRAM 'cat $file'", "PROGRAM 'cat $file; exit 3'")
	{
		is(trial($reader, $table, "COPY TABLE (id, name) FROM $from"), trial($reader, $plain, "COPY TABLE (id, name) FROM $from"), "$table from $from");
	}
	like(trial($wire, $table, "COPY TABLE FROM '$file'"), qr/^42501 permission denied to COPY from a file/, "$table: a file that the role may not read");
	like(trial($wire, $table, "COPY TABLE FROM PROGRAM 'true'"), qr/^42501 permission denied to COPY from a program/, "$table: a program");
	is($reader->answer("DO \$\$ DECLARE n int; BEGIN EXECUTE 'COPY shop.$table (id, name) FROM ''$file'''; GET DIAGNOSTICS n = ROW_COUNT;"
		. " RAISE USING ERRCODE = 'ZZ00' || n; END \$\$"), 'ZZ002', "$table: a function sees how many rows there were");
}

# pg_stat_progress_copy, seen from a condition that looks at its own backend.
my $progress = 'SELECT relid::regclass || $$ $$ || command || $$ $$ || tuples_processed || $$ $$ || tuples_excluded FROM pg_stat_progress_copy WHERE pid = pg_backend_pid()';
$node->safe_psql('postgres', "CREATE FUNCTION shop.seen() RETURNS text LANGUAGE plpgsql AS 'BEGIN RETURN ($progress); END'");
is(trial($reader, 'watched', "COPY TABLE (id, name) FROM '$file' WHERE id < 2 OR shop.seen() LIKE 'shop.watched COPY FROM 1 0'"),
	"COPY 2\n1|ONE|null,2|TWO|null", 'the progress of rows');
is($wire->answer('SELECT count(*) FROM pg_stat_progress_copy'), '0', 'and none is left');

# A table emptied in the same transaction: FREEZE works where the server's own COPY runs.
my $admin = superuser($node);
for my $table ('guarded', 'watched')
{
	$admin->do('BEGIN; SET LOCAL row_security = off');
	$admin->do("TRUNCATE shop.$table; SET LOCAL row_security = on; SET LOCAL app.tenant_id = '$blue'");
	my $answer = Wire::told($admin->copy("COPY shop.$table (id) FROM STDIN (FREEZE)", "1\n"));
	is($answer, $table eq 'guarded' ? 'COPY 1' : '0A000', "FREEZE: $table");
	$admin->do('ROLLBACK');
}

done_testing();
