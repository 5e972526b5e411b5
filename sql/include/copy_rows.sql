-- COPY FROM into :t; sql/copy.sql includes it for a protected table and for its twin that is not.
COPY :t (id, name) FROM STDIN;
1	one
2	skipped
3	three
\.
SELECT * FROM cp.told();
COPY :t (id, name, number) FROM STDIN WITH (FORMAT csv, HEADER MATCH, NULL 'none', FORCE_NULL (name), DELIMITER ';', QUOTE '''', ESCAPE '\');
id;name;number
4;'fo\'ur';1000
5;'five
lines';1001
\.
COPY :t (name, id) FROM STDIN (ENCODING 'LATIN1', DELIMITER '|');
niño|6
\.
COPY :t (id) FROM STDIN WHERE id % 2 = 1 AND tableoid = :'t'::regclass AND cp.note('condition on ' || id);
7
8
\.
SELECT * FROM cp.told();
COPY :t FROM STDIN;
\.
SELECT * FROM cp.told();
-- Errors and their lines.
COPY :t (id, name) FROM STDIN;
10	ten
11	refused
\.
COPY :t (id, name) FROM STDIN;
10	ten
100	too much
\.
COPY :t (id, name) FROM STDIN;
10	ten
x	no number
\.
COPY :t (id, name) FROM STDIN;
10	much too long for its type
\.
COPY :t (id, name) FROM STDIN;
10	ten
10	again
\.
COPY :t (id, name) FROM STDIN;
10	\N
\.
COPY :t (id, name) FROM STDIN;
10
\.
COPY :t (id, name) FROM STDIN;
10	ten	too many
\.
COPY :t (id, kind) FROM STDIN;
10	2
\.
COPY :t (id, doubled) FROM STDIN;
\.
COPY :t (id) FROM STDIN WITH (HEADER MATCH, FORMAT csv);
number
1
\.
SET cp.fail = 'BEFORE';
COPY :t (id) FROM STDIN;
10
\.
SET cp.fail = 'AFTER';
COPY :t (id) FROM STDIN;
10
\.
RESET cp.fail;
COPY :t (id) FROM STDIN WHERE 1 / (id - 11) < 5;
10
11
\.
SELECT * FROM :t ORDER BY id;
SELECT count(*) FROM cp.told();
