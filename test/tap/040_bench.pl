# The benchmark's queries give the same in all of its columns; one that does not is found. Nothing is timed.
use strict;
use warnings;

use PostgreSQL::Test::Utils;
use Test::More;

my $tree = $ENV{PG_TENANT_TREE};
my $shapes = PostgreSQL::Test::Utils::tempdir() . '/shapes.sql';
append_to_file($shapes, slurp_file("$tree/bench/shapes.sql") . "\n--- unconfined\nSELECT count(*) FROM items;\n");

my ($out, $err);
my $agrees = run_log([ "$tree/bench/run", 'check', '--shapes', $shapes, '--items', 4000, '--tenants', 12, '--middle', 4 ],
	'>', \$out, '2>', \$err);
ok(!$agrees, 'a difference is a failure');
my ($count, $differ) = $out =~ /^(\d+) shapes, \d+ columns, \d+ settings, (\d+) differ$/m;
cmp_ok($count // 0, '>', 50, 'all queries were compared');
is($differ, 2, 'for both tenants one differs');
is_deeply([ grep { !/^unconfined, / } $err =~ /^(.* answers otherwise than .*)$/mg ], [], 'only the one that is wrong') or diag($err);

my $figures = "$tree/bench/README.md";
ok(!run_log([ "$tree/bench/run", 'page', $figures ], '<', \'{}', '>', \$out, '2>', \$err), 'a page without markers is refused');
like($err, qr/has no markers/, 'and it says so');

done_testing();
