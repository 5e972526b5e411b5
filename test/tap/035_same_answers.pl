# Whatever the planner may do, a query answers for a tenant what it answers over tables that hold that tenant's rows alone. Several
# hundred random queries, the same ones in each run; they call functions that fail, or die, at another tenant's value.
use strict;
use warnings;

use TenantTest;
use Test::More;

my $queries = $ENV{QUERIES} // 400;
my $seed = $ENV{SEED} // 4;
srand $seed;

my @tenants = (BLUE, RED, NOBODY);
my @tags = qw(a b c);
my $node = tenant_node('main');

sub tables
{
	my ($tenant) = @_;
	return qq{
		CREATE TABLE things (tenant_id uuid NOT NULL DEFAULT $tenant, id int, parent int, amount int, n numeric, word text, colour colour, data jsonb, tags text[],
			span int4range, words tsvector, at timestamptz, PRIMARY KEY (tenant_id, id));
		CREATE TABLE events (tenant_id uuid NOT NULL DEFAULT $tenant, id int, parent int, amount int, n numeric, word text, colour colour, PRIMARY KEY (tenant_id, id))
			PARTITION BY RANGE (id);
		CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (13);
		CREATE TABLE events_2 (word text, junk int, colour colour, n numeric, amount int, parent int, id int NOT NULL, tenant_id uuid NOT NULL DEFAULT $tenant);
		ALTER TABLE events_2 DROP junk;
		ALTER TABLE events ATTACH PARTITION events_2 FOR VALUES FROM (13) TO (5000);
		CREATE TABLE notes (tenant_id uuid NOT NULL DEFAULT $tenant, id int, parent int, amount int, word text);
		CREATE TABLE more_notes (extra text) INHERITS (notes);
		CREATE INDEX ON things (n);
		CREATE INDEX ON things (colour);
		CREATE INDEX ON things (tenant_id, word text_pattern_ops);
		CREATE INDEX ON things USING gin (word gin_trgm_ops);
		CREATE INDEX ON things USING gin (data);
		CREATE INDEX ON things USING gin (tags);
		CREATE INDEX ON things USING gin (words);
		CREATE INDEX ON things USING gist (span);
		CREATE INDEX ON things ((data ->> 'n'));
		CREATE INDEX ON events (n);
		CREATE INDEX ON events (parent, amount);
		CREATE INDEX ON notes USING brin (word);
		CREATE VIEW plain_view AS SELECT id, parent, amount, n, word, colour FROM things;
		CREATE VIEW barrier_view WITH (security_barrier) AS SELECT * FROM things WHERE amount > 20;
		CREATE VIEW joined_view AS SELECT t.id, e.parent, t.amount, e.n, t.word || '.' AS word, t.colour FROM things t LEFT JOIN events e USING (id);
		CREATE VIEW union_view AS SELECT id, parent, amount, n, word FROM things UNION ALL SELECT id, parent, amount, 0.5, word FROM notes;
		CREATE FUNCTION inlined(lowest int) RETURNS TABLE (id int, parent int, amount int, word text) LANGUAGE sql STABLE AS
			'SELECT id, parent, amount, word FROM things WHERE amount >= lowest';
		CREATE VIEW grouped_view AS SELECT min(id) AS id, parent, sum(amount)::int AS amount, max(word) AS word FROM events GROUP BY parent;
	};
}

# Rows of a tenant: amounts are its number modulo three, words begin with its tag.
sub rows
{
	my ($number) = @_;
	my ($tenant, $tag) = ($tenants[$number], $tags[$number]);
	my $size = (25, 40, 10)[$number];
	return qq{
		INSERT INTO things SELECT '$tenant', g, nullif(g / 3, 2), 3 * (g * 7 % 50) + $number, (g * 13 % 40) / 2.0, '$tag-' || (ARRAY['red', 'green', 'grey', 'x\\y', 'lamp'])[g % 5 + 1] || g % 7,
				(ARRAY['low', 'mid', NULL, 'high'])[g % 4 + 1]::colour, jsonb_build_object('n', g % 6, 'k', '$tag', 'l', ARRAY[g % 4]), ARRAY['$tag', 't' || g % 5],
				int4range(g % 9, g % 9 + g % 4), to_tsvector('simple', '$tag w' || g % 6), timestamptz '2026-01-01 UTC' + g % 30 * interval '1 day'
			FROM generate_series(1, $size) g;
		INSERT INTO events SELECT '$tenant', g, g % 8, 3 * (g % 20) + $number, g % 10, CASE WHEN g % 9 <> 0 THEN '$tag-' || (ARRAY['green', 'lamp', 'post'])[g % 3 + 1] END,
				(ARRAY['low', 'high'])[g % 2 + 1]::colour FROM generate_series(1, $size) g;
		INSERT INTO notes SELECT '$tenant', g, g % 5, 3 * g + $number, '$tag-note' || g % 4 FROM generate_series(1, $size / 2) g;
		INSERT INTO more_notes SELECT '$tenant', g, g % 5, 3 * g + $number, '$tag-more' || g % 4, 'x' FROM generate_series(5, $size / 2) g;
	};
}

# Both die at a value of another tenant than test.own says, and cost the planner nothing.
my $spies = q{
	CREATE FUNCTION spy(word text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 0.0000001 AS $$BEGIN
		IF left(word, 1) <> split_part(current_setting('test.own'), ' ', 1) THEN RAISE EXCEPTION 'saw %', word; END IF; RETURN true; END$$;
	CREATE FUNCTION spy(amount int) RETURNS boolean LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 0.0000001 AS $$BEGIN
		IF amount % 3 <> split_part(current_setting('test.own'), ' ', 2)::int THEN RAISE EXCEPTION 'saw %', amount; END IF; RETURN amount % 2 = 0; END$$;
	CREATE FUNCTION harmless(word text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT spy(word)';
	CREATE FUNCTION equals(a text, b text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 0.0000001 AS $$BEGIN
		RETURN spy(CASE WHEN length(a) > 1 THEN a END) AND spy(CASE WHEN length(b) > 1 THEN b END) AND a = b; END$$;
	CREATE OPERATOR === (FUNCTION = equals, LEFTARG = text, RIGHTARG = text, COMMUTATOR = ===, RESTRICT = eqsel, JOIN = eqjoinsel);
};
my $setup = qq{
	CREATE EXTENSION pg_tenant;
	CREATE EXTENSION pg_trgm;
	CREATE ROLE app LOGIN;
	CREATE ROLE doubtful LOGIN;
	CREATE TYPE colour AS ENUM ('low', 'mid', 'high');
	CREATE TABLE plain AS SELECT g AS id, g % 4 AS parent, g AS amount, 'p' || g % 3 AS word FROM generate_series(1, 6) g;
	GRANT ALL ON plain TO app, doubtful;
	$spies};
for my $schema ('shared', map { "only_$_" } 0 .. $#tenants)
{
	my $number = $schema =~ s/only_//r;
	$setup .= "CREATE SCHEMA $schema; GRANT USAGE ON SCHEMA $schema TO app, doubtful; SET search_path = $schema, public;"
	  . tables($schema eq 'shared' ? "NULL" : "'$tenants[$number]'") . join('', map { rows($_) } $schema eq 'shared' ? 0 .. $#tenants : $number)
	  . ($schema eq 'shared' ? join('', map { "SELECT tenant.protect('$_', register => true);" } qw(things events notes)) : '')
	  . "GRANT ALL ON ALL TABLES IN SCHEMA $schema TO app, doubtful; RESET search_path;";
}
$node->safe_psql('postgres', "$setup ALTER ROLE ALL SET search_path = shared, public; SET row_security = off; ANALYZE");
my $has_setting = $node->safe_psql('postgres', "SELECT count(*) FROM pg_settings WHERE name = 'pg_tenant.trusted_operators'");
$node->safe_psql('postgres', 'ALTER ROLE doubtful SET pg_tenant.trusted_operators = off') if $has_setting;

sub pick { return $_[ int rand @_ ]; }
sub chance { return rand() < $_[0]; }

# A value is {type:text}, or {own:...} for one that depends on the tenant; see value().
my $alias = 0;
my @types = qw(id parent amount n word colour data tags span words at);
my %columns = (
	things => [@types], events => [qw(id parent amount n word colour)], notes => [qw(id parent amount word)], more_notes => [qw(id parent amount word)],
	plain_view => [qw(id parent amount n word colour)], barrier_view => [@types], joined_view => [qw(id parent amount n word colour)],
	union_view => [qw(id parent amount n word)], grouped_view => [qw(id parent amount word)], 'inlined({int:9})' => [qw(id parent amount word)], plain => [qw(id parent amount word)]);
my %own = map { $_ => 1 } grep { $_ !~ /^(plain|grouped_view)$/ } keys %columns;

sub comparison
{
	my ($column, $type, $spying) = @_;
	my @spies = $type eq 'word' ? (
			"spy($column)", "harmless($column)", "$column === 'q'", "(CASE WHEN left($column, 1) = {own:tag} THEN '1' ELSE $column END)::int = 1",
			"upper($column) > 'A'", "1 / (CASE WHEN left($column, 1) <> {own:tag} THEN 0 ELSE 1 END) = 1",
			"$column LIKE {own:bad}", "$column !~~ {own:bad}", "substring($column, 1, CASE WHEN left($column, 1) = {own:tag} THEN 1 ELSE -1 END) <> ''")
		: $type eq 'amount' ? ("spy($column)", "100 / ($column % 3 - {own:next}) > -200", "int4range({own:number}, $column % 3, '[]') \@> {own:number}")
		: $type eq 'data' ? ("(CASE $column ->> 'k' WHEN {own:tag} THEN '1' ELSE $column ->> 'k' END)::int = 1", "spy(($column ->> 'k') || 'x')") : ();
	return pick(@spies) if $spying && @spies;
	return pick(
		$type =~ /^(id|parent|amount)$/ ? ("$column > {int:" . int(rand 40) . '}', "$column = {int:" . int(rand 12) . '}', "$column <> 3", "$column IN (1, 2, 3, 5, 8, 13)", "$column IS NOT NULL", "$column % 2 = 1")
		: $type eq 'n' ? ("$column > {numeric:" . int(rand 15) . '}', "$column BETWEEN 2 AND {numeric:12}", "$column = {numeric:4.5}", "$column * 2 < 30")
		: $type eq 'word' ? ("$column LIKE {text:%g%}", "$column LIKE {own:like}", "$column ILIKE {text:%RE%}", "$column ~ {text:e+[0-9]}", "$column NOT LIKE {text:%x\\\\y%}", "$column > {text:b-h}",
			"$column LIKE ANY (ARRAY['%lamp%', {text:_-n%}])", "$column SIMILAR TO '%(re|la)%'", "$column = {own:word}", "length($column) > 4", "$column IS NULL")
		: $type eq 'colour' ? ("$column = {colour:high}", "$column < {colour:high}", "$column IN ('low', 'mid')", "$column IS DISTINCT FROM {colour:low}")
		: $type eq 'data' ? ("$column @> {jsonb:{\"n\" : 3}}", "$column ->> 'n' = {text:2}", "$column ? 'n'", "$column #>> '{l,0}' > {text:1}", "($column -> 'n')::int > 2", "$column @@ '\$.n > 3'")
		: $type eq 'tags' ? ("$column && {text[]:[t1,t2]}", "$column @> {text[]:[t3]}", "{text:t4} = ANY ($column)", "$column\[2] = 't1'", "cardinality($column) = 2")
		: $type eq 'span' ? ("$column @> {int:4}", "$column && int4range(2, {int:6})", "isempty($column)", "lower($column) > 3")
		: $type eq 'words' ? ("$column @@ {tsquery:w1 | w4}", "$column @@ to_tsquery('simple', 'w2')", "ts_rank($column, 'w3') > 0")
		: ("$column > {timestamptz:2026-01-12}", "$column < date '2026-01-20'", "$column BETWEEN '2026-01-05' AND '2026-02-01'"));
}

# columns: [reference, type, whether spies may see it]
sub condition
{
	my ($columns, $depth) = @_;
	my $kind = rand;
	return sub_link($columns, $depth) if $depth > 0 && $kind < 0.12;
	return '(' . condition($columns, $depth) . ' OR ' . condition($columns, 0) . ')' if $kind < 0.22;
	return 'NOT (' . condition($columns, 0) . ')' if $kind < 0.27;
	return 'CASE WHEN ' . condition($columns, 0) . ' THEN ' . condition($columns, 0) . ' ELSE false END' if $kind < 0.3;
	my $column = pick(@$columns);
	return comparison($column->[0], $column->[1], $column->[2] && chance(0.3));
}

sub where
{
	my ($columns, $depth) = @_;
	return '' if chance(0.1);
	return ' WHERE ' . join ' AND ', map { condition($columns, $depth) } 1 .. pick(1, 2, 2, 3);
}

sub sub_link
{
	my ($outer, $depth) = @_;
	my ($from, $columns) = source($depth - 1);
	my ($here) = map { $_->[0] } pick(grep { $_->[1] =~ /^(id|parent)$/ } @$columns);
	my @keys = grep { $_->[1] =~ /^(id|parent|amount)$/ } @$outer;
	return 'true' unless @keys;
	my $key = pick(@keys)->[0];
	my $inner = join ' AND ', map { condition(chance(0.3) ? [ @$columns, @$outer ] : $columns, 0) } 1 .. 2;
	return pick(
		"EXISTS (SELECT FROM $from WHERE $here = $key AND $inner)", "NOT EXISTS (SELECT FROM $from WHERE $here = $key AND $inner)", "$key IN (SELECT $here FROM $from WHERE $inner)",
		"$key NOT IN (SELECT $here FROM $from WHERE $here IS NOT NULL AND $inner)", "$key < (SELECT max($here) FROM $from WHERE $inner)", "$key = ANY (ARRAY(SELECT $here FROM $from WHERE $inner))",
		"$key >= ALL (SELECT $here FROM $from WHERE $inner)");
}

# Something to select from, with an alias, and its columns.
sub source
{
	my ($depth) = @_;
	my $name = 'r' . ++$alias;
	if ($depth > 0 && chance(0.25))
	{
		my ($from, $columns) = source($depth - 1);
		my @chosen = grep { chance(0.8) || $_->[1] eq 'id' || $_->[1] eq 'word' } @$columns;
		my $number = 0;
		my @outer = map { [ "$name.c" . ++$number, $_->[1], $_->[2] ] } @chosen;
		$number = 0;
		my $list = join ', ', map { "$_->[0] AS c" . ++$number } @chosen;
		my $spied = (grep { $_->[1] eq 'word' && $_->[2] } @chosen)[0];
		$list .= ", spy($spied->[0]) AS told" if $spied && chance(0.3);
		my $distinct = $list !~ /told/ && chance(0.15) ? 'DISTINCT ' : '';
		my $end = pick('', '', '', ' OFFSET 0');
		return ("(SELECT $distinct$list FROM $from" . where($columns, $depth - 1) . "$end) $name", \@outer);
	}
	my $table = pick(qw(things things things events events notes plain_view barrier_view joined_view union_view grouped_view), 'inlined({int:9})', 'plain');
	return ("$table AS $name", [ map { [ "$name.$_", $_, $own{$table} ] } @{ $columns{$table} } ]);
}

sub from
{
	my ($depth) = @_;
	my ($from, $columns) = source($depth);
	for (1 .. pick(0, 0, 1, 1, 2))
	{
		my ($other, $others) = source($depth - 1);
		my ($left) = pick(grep { $_->[1] =~ /^(id|parent)$/ } @$columns);
		my ($right) = pick(grep { $_->[1] =~ /^(id|parent)$/ } @$others);
		my $kind = pick('JOIN', 'JOIN', 'LEFT JOIN', 'LEFT JOIN', 'RIGHT JOIN', 'FULL JOIN', 'LATERAL');
		if ($kind eq 'LATERAL')
		{
			my $name = 'r' . ++$alias;
			my $end = pick(" ORDER BY $right->[0] LIMIT 100", '', '');
			$from .= pick(' CROSS JOIN LATERAL ', ' LEFT JOIN LATERAL ');
			my $on = $from =~ /LEFT JOIN LATERAL $/ ? ' ON true' : '';
			$from .= "(SELECT $right->[0] AS c FROM $other WHERE $right->[0] = $left->[0] AND " . condition([ @$others, @$columns ], 0) . "$end) $name$on";
			push @$columns, [ "$name.c", 'id', 0 ];
			next;
		}
		$from .= " $kind $other ON $left->[0] = $right->[0]";
		$from .= ' AND ' . condition([ @$columns, @$others ], 0) if $kind ne 'FULL JOIN' && chance(0.5);
		push @$columns, @$others;
	}
	return ($from, $columns);
}

sub select_list
{
	my ($columns) = @_;
	my @list = map { pick(@$columns)->[0] } 1 .. pick(1, 2, 3);
	my @spied = grep { $_->[1] eq 'word' && $_->[2] } @$columns;
	push @list, 'spy(' . pick(@spied)->[0] . ')' if @spied && chance(0.2);
	return @list;
}

sub select_query
{
	my ($depth) = @_;
	my $kind = rand;
	if ($kind < 0.1)
	{
		my ($number, @arms) = (0);
		for (1 .. pick(2, 2, 3))
		{
			my ($from, $columns) = from($depth - 1);
			my ($id) = grep { $_->[1] eq 'id' } @$columns;
			my ($word) = grep { $_->[1] eq 'word' } @$columns;
			$word //= [q{'none'}];
			$id //= ['0'];
			push @arms, "SELECT $id->[0] AS id, $word->[0] AS word FROM $from" . where($columns, 1);
		}
		my $union = join pick(' UNION ALL ', ' UNION ALL ', ' UNION ', ' INTERSECT ', ' EXCEPT '), @arms;
		return "SELECT * FROM ($union) u WHERE " . condition([ [ 'u.id', 'id' ], [ 'u.word', 'word', $union !~ /plain|grouped/ ] ], 0);
	}
	my ($from, $columns) = from($depth);
	my $where = where($columns, $depth);
	if ($kind < 0.3)
	{
		my @keys = grep { $_->[1] =~ /^(parent|colour|word)$/ } @$columns;
		my $key = @keys ? pick(@keys) : pick(@$columns);
		my ($number) = grep { $_->[1] =~ /^(id|amount)$/ } @$columns;
		my $having = chance(0.5) ? ' HAVING ' . condition([$key], 0) : '';
		return "SELECT $key->[0], count(*), max($number->[0]), sum($number->[0]) FILTER (WHERE " . condition($columns, 0) . ") FROM $from$where GROUP BY $key->[0]$having";
	}
	my @list = select_list($columns);
	if ($kind < 0.36)
	{
		my ($number) = grep { $_->[1] =~ /^(id|amount)$/ } @$columns;
		return "SELECT * FROM (SELECT $list[0] AS a, rank() OVER (PARTITION BY $list[-1] ORDER BY $number->[0]) AS n FROM $from$where) w WHERE n < 4";
	}
	my $list = join ', ', @list;
	return "SELECT DISTINCT ON ($list[0]) $list FROM $from$where ORDER BY $list" if $kind < 0.4;
	return "SELECT count(*), min($list[0]::text), max($list[-1]::text) FROM $from$where" if $kind < 0.46;
	return "SELECT $list FROM $from$where ORDER BY $list LIMIT 7" if $kind < 0.56;
	my $cte = pick('', ' MATERIALIZED', ' NOT MATERIALIZED');
	return "WITH q AS$cte (SELECT $list[0] AS c FROM $from$where) SELECT a.c, count(*) FROM q a JOIN q b USING (c) GROUP BY 1" if $kind < 0.62;
	return "SELECT $list FROM $from$where";
}

sub change_query
{
	my $target = [ map { [ "things.$_", $_, 1 ] } @types ];
	my ($from, $columns) = source(1);
	my ($key) = grep { $_->[1] =~ /^(id|parent)$/ } @$columns;
	my $join = "things.id = $key->[0] AND " . condition([ @$columns, @$target ], 1);
	return pick(
		'UPDATE things SET n = n + 1, word = word || \'!\'' . where($target, 2) . ' RETURNING id, word, spy(word)',
		"UPDATE things SET amount = amount + 3 FROM (SELECT DISTINCT ON (id) * FROM (SELECT $key->[0] AS id FROM $from) s) s WHERE things.id = s.id AND " . condition($target, 1) . ' RETURNING things.id, amount',
		'DELETE FROM things' . where($target, 2) . ' RETURNING id, amount', "DELETE FROM things USING $from WHERE $join",
		"UPDATE events SET colour = 'mid', id = id + 1000 WHERE " . condition([ map { [ "events.$_", $_, 1 ] } @{ $columns{events} } ], 1) . ' RETURNING id, spy(amount)',
		"INSERT INTO things (id, amount, word) SELECT 2000 + row_number() OVER (ORDER BY id), amount, word FROM things" . where($target, 1) . ' RETURNING id',
		"INSERT INTO things (id, amount, word) SELECT id, amount, 'new' FROM things" . where($target, 1) . ' ON CONFLICT (tenant_id, id) DO UPDATE SET n = -1 WHERE ' . condition($target, 0) . ' RETURNING id, n',
		'DELETE FROM notes WHERE ' . condition([ map { [ "notes.$_", $_, 1 ] } @{ $columns{notes} } ], 1),
		"UPDATE barrier_view SET n = 0 WHERE " . condition([ map { [ "barrier_view.$_", $_, 1 ] } @types ], 0) . ' RETURNING id',
		"MERGE INTO things USING (SELECT DISTINCT $key->[0] AS k FROM $from) s ON things.id = s.k AND " . condition($target, 0)
		  . ' WHEN MATCHED AND ' . condition($target, 0) . ' THEN DELETE WHEN MATCHED THEN UPDATE SET n = 7 WHEN NOT MATCHED AND s.k > 5 THEN INSERT (id, word) VALUES (3000 + s.k, \'new\')');
}

# What a {…} is for a tenant, and its type.
sub value
{
	my ($what, $number) = @_;
	my ($type, $text) = $what =~ /^([a-z]+(?:\[\])?):(.*)$/s;
	if ($type eq 'own')
	{
		my ($tag, $other) = ($tags[$number], $tags[ ($number + 1) % 3 ]);
		my %own = (tag => [ $tag, 'text' ], word => [ "$tag-green3", 'text' ], like => [ "$tag-g%", 'text' ], bad => [ "$other-%\\", 'text' ], number => [ $number, 'int' ], next => [ ($number + 1) % 3, 'int' ]);
		return @{ $own{$text} };
	}
	return ($text =~ tr/[]/{}/r, $type) if $type eq 'text[]';
	return ($text, $type);
}

my $place = qr/\{((?:own|int|numeric|text|colour|jsonb|tsquery|timestamptz|text\[\]):(?:[^{}]|\{[^{}]*\})*)\}/;

sub literal
{
	my ($query, $number) = @_;
	$query =~ s/$place/my ($text, $type) = value($1, $number); "'" . ($text =~ s!'!''!gr) . "'::$type"/ge;
	return $query;
}

sub with_parameters
{
	my ($query) = @_;
	my @places;
	$query =~ s/$place/push @places, $1; '$' . @places . '::' . (value($1, 0))[1]/ge;
	return ($query, @places);
}

my %sessions = (app => session($node), doubtful => session($node, user => 'doubtful'), superuser => superuser($node));
my @alone = map { session($node, options => "-c search_path=only_$_,public -c test.own=$tags[$_]\\ $_") } 0 .. $#tenants;
my @wishes = (
	('') x 4, 'enable_seqscan = off', 'enable_indexscan = off; SET enable_bitmapscan = off', 'enable_hashjoin = off; SET enable_mergejoin = off', 'enable_nestloop = off', 'enable_seqscan = off; SET enable_indexscan = off; SET work_mem = 64',
	'enable_hashagg = off', 'join_collapse_limit = 1', 'enable_material = off; SET enable_memoize = off; SET enable_seqscan = off',
	'parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0');

sub answer
{
	my ($result) = @_;
	return "$result->{sqlstate}: $result->{message}" if defined $result->{sqlstate};
	return join "\n", sort map { join '|', map { $_ // 'null' } @$_ } @{ $result->{rows} };
}

sub by_protocol
{
	my ($session, $number, @places) = @_;
	$session->bind('', 'q', map { (value($_, $number))[0] } @places);
	$session->execute('');
	return $session->sync;
}

my $state = q{SELECT md5(string_agg(l, ',' ORDER BY l)) FROM (SELECT row(id, amount, n, word)::text AS l FROM things UNION ALL SELECT e::text FROM (SELECT id, amount, colour FROM events) e UNION ALL SELECT row(id, word)::text FROM notes) s};
my %count = map { $_ => 0 } qw(runs rows errors);
my $differences = 0;
my $in_batch = 0;

sub compare
{
	my ($query, $is_change) = @_;
	my $role = pick(sort keys %sessions);
	my $session = $sessions{$role};
	# An invalid pattern in a parameter fails whatever rows there are; in the query's text it fails where a row begins like it.
	my $mode = $query =~ /\{own:bad\}/ ? 'simple' : pick(qw(simple custom generic auto));
	my $wish = pick(@wishes);
	$session->do("RESET ALL; SET statement_timeout = '20s'" . ($wish eq '' ? '' : "; SET $wish"));
	$session->do('SET plan_cache_mode = ' . ($mode eq 'simple' || $mode eq 'auto' ? 'auto' : "force_${mode}_plan"));
	my $is_prepared = 0;
	my ($parameterised, @places) = with_parameters($query);
	for my $number (pick([ 0, 1, 2 ], [ 2, 1, 0 ], [ 1, 0, 2, 1 ])->@*)
	{
		my ($here, $there, $after_here, $after_there) = (undef, undef, '', '');
		$session->do("SET app.tenant_id = '$tenants[$number]'; SET test.own = '$tags[$number] $number'");
		if ($mode ne 'simple' && !$is_prepared++)
		{
			$session->query('DEALLOCATE ALL');
			$session->parse('q', $parameterised);
			$session->sync;
		}
		if ($is_change) { $_->do('BEGIN') for $session, $alone[$number]; }
		$here = $mode eq 'simple' ? $session->query(literal($query, $number)) : by_protocol($session, $number, @places);
		$there = $alone[$number]->query(literal($query, $number));
		if ($is_change)
		{
			($after_here, $after_there) = map { $_->answer($state) } $session, $alone[$number];
			$_->do('ROLLBACK') for $session, $alone[$number];
		}
		$count{runs}++;
		$count{rows}++ if @{ $there->{rows} };
		$count{errors}++ if defined $there->{sqlstate};
		my ($got, $expected) = (answer($here), answer($there));
		s/^(?!\d{5}: )// for $got, $expected;
		next if $got eq $expected && $after_here eq $after_there;
		$differences++;
		diag("as $role, $mode, SET $wish, tenant $tags[$number]:\n" . literal($query, $number) . "\n  gave " . substr($got, 0, 300) . " ($after_here)\n  alone " . substr($expected, 0, 300) . " ($after_there)");
	}
	return;
}

for my $number (1 .. $queries)
{
	$alias = 0;
	my $is_change = chance(0.2);
	my $query = $is_change ? change_query() : select_query(2);
	compare($query, $is_change);
	next if $number % 50 != 0 && $number != $queries;
	is($differences, 0, "queries up to $number (seed $seed): $count{runs} runs, $count{rows} with rows, $count{errors} with an error either way");
	$differences = 0;
}
cmp_ok($count{rows}, '>', $count{runs} / 3, 'most have rows to compare');
cmp_ok($count{errors}, '<', $count{runs} / 20, 'few fail, and alike');

done_testing();
