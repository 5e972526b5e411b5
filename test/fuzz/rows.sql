-- One tenant's rows; its functions of rows are what no statement of the fuzzer fails for.
CREATE FUNCTION pg_temp.own_rows(tenant uuid, size int) RETURNS void LANGUAGE sql AS $$
	INSERT INTO things SELECT tenant, g, nullif(g / 3, 2), 1 + g * 7 % 50, g * 1000, round((g * 13 % 40) / 2.0 + 1, 1),
			CASE WHEN g % 11 <> 0 THEN (ARRAY['red', 'green', 'grey', 'x\y', 'lamp'])[g % 5 + 1] || g % 7 END, (ARRAY['red', 'green', 'lamp'])[g % 3 + 1] || g % 7,
			g % 12, format('{"k": %s}', g % 5), (ARRAY['low', 'mid', NULL, 'high'])[g % 4 + 1]::colour,
			jsonb_build_object('n', g % 6, 'k', 'own', 'l', ARRAY[g % 4]), ARRAY['own', 't' || g % 5], ARRAY[g % 4 + 1, g % 7, 5], int4range(g % 9, g % 9 + g % 4),
			to_tsvector('simple', 'own w' || g % 6), format('10.0.%s.%s', g % 3, g % 20)::inet, hstore(ARRAY['k', 'c'], ARRAY[(g % 12)::text, 'own']),
			format('top.%s.b.c%s', (ARRAY['a', 'd'])[g % 2 + 1], g % 4)::ltree, timestamptz '2026-01-02 UTC' + g % 30 * interval '1 day', date '2026-01-02' + g % 30
		FROM generate_series(1, size) g;
	INSERT INTO events SELECT tenant, g, g % 8, 1 + 3 * (g % 20), round((g % 10) * 1.5 + 1, 1), CASE WHEN g % 9 <> 0 THEN (ARRAY['green', 'lamp', 'post'])[g % 3 + 1] || g % 4 END,
			g % 5, (ARRAY['low', 'high'])[g % 2 + 1]::colour, format('10.0.1.%s', g % 10)::inet FROM generate_series(1, size) g;
	INSERT INTO notes SELECT tenant, g, g % 5, 1 + 3 * g, 'note' || g % 4, format('{"k": %s}', g % 3), ARRAY['own', 't' || g % 3],
			jsonb_build_object('n', g % 3, 'k', 'own', 'l', ARRAY[1]) FROM generate_series(1, size / 2) g;
	INSERT INTO more_notes SELECT tenant, g, g % 5, 1 + 3 * g, 'more' || g % 4, '{"k": 1}', ARRAY['own', 't1'],
			jsonb_build_object('n', g % 4, 'k', 'own', 'l', ARRAY[2]), NULL, 'x' FROM generate_series(5, size / 2) g;
	INSERT INTO children SELECT tenant, g, 1 + g % (size / 2), 1 + g, 'child' || g % 5 FROM generate_series(1, size) g;
	INSERT INTO archive SELECT tenant_id, id, parent, amount, word, digits, n FROM things WHERE tenant_id = tenant;
$$;

-- Every third row of a neighbour looks like one of ours; the others make something fail.
CREATE FUNCTION pg_temp.hostile_rows(tenant uuid, size int) RETURNS void LANGUAGE sql AS $$
	INSERT INTO things SELECT tenant, g, nullif(g / 3, 2), CASE WHEN g % 3 = 0 THEN 1 + g * 7 % 50 ELSE (ARRAY[0, 2147483647, -2147483648, -1])[g % 4 + 1] END,
			CASE WHEN g % 3 = 0 THEN g * 1000 ELSE (ARRAY[9223372036854775807, -9223372036854775808])[g % 2 + 1] END,
			CASE WHEN g % 3 = 0 THEN round((g * 13 % 40) / 2.0 + 1, 1) ELSE (ARRAY['NaN', '0', '1e131000', '-1', 'Infinity', '-1e131000', '0.0000001'])[g % 7 + 1]::numeric END,
			CASE WHEN g % 3 = 0 THEN (ARRAY['red', 'green', 'grey', 'x\y', 'lamp'])[g % 5 + 1] || g % 7
				ELSE (ARRAY['zq\', '(zq', 'a%\', 'zq%', '%zq%n', 'zqred1', '[zq', 'zq' || repeat('zq ', 300), '\'])[g % 9 + 1] END,
			CASE WHEN g % 3 = 0 THEN 'RED' || g % 7 ELSE 'zqRed\' END, CASE WHEN g % 3 = 0 THEN (g % 12)::text ELSE (ARRAY['zq', '', '1e', '99999999999999'])[g % 4 + 1] END,
			CASE WHEN g % 3 = 0 THEN '{"k": 2}' ELSE (ARRAY['{zq', '', '{"k": "zq"}', '[1,'])[g % 4 + 1] END, (ARRAY['low', 'mid', NULL, 'high'])[g % 4 + 1]::colour,
			CASE WHEN g % 3 = 0 THEN jsonb_build_object('n', g % 6, 'k', 'own', 'l', ARRAY[g % 4])
				ELSE (ARRAY['"zq"', '{"n": "zq", "k": "zq", "l": {"zq": 1}}', '[["zq"]]', '{"n": 1e400}', 'null'])[g % 5 + 1]::jsonb END,
			CASE WHEN g % 3 = 0 THEN ARRAY['own', 't' || g % 5] ELSE (ARRAY['{}', '{zq,zq}', '{{t1,zq},{t2,zq}}', '{NULL,NULL}'])[g % 4 + 1]::text[] END,
			CASE WHEN g % 3 = 0 THEN ARRAY[g % 4 + 1, g % 7, 5] ELSE (ARRAY['{0,1}', '{}', '{NULL,1}', '{2147483647,1}', '{{1,0},{2,3}}'])[g % 5 + 1]::int[] END,
			CASE WHEN g % 3 = 0 THEN int4range(g % 9, g % 9 + g % 4) ELSE (ARRAY['empty', '[2147483646,2147483647)', '(,)', '[100,200)'])[g % 4 + 1]::int4range END,
			to_tsvector('simple', 'zq w' || g % 6), CASE WHEN g % 3 = 0 THEN format('10.0.%s.%s', g % 3, g % 20)::inet ELSE (ARRAY['255.255.255.255', '::ffff:1', '0.0.0.0'])[g % 3 + 1]::inet END,
			hstore(ARRAY['k', 'c'], ARRAY[CASE WHEN g % 3 = 0 THEN '2' ELSE 'zq' END, NULL]), (CASE WHEN g % 3 = 0 THEN 'top.a.b.c1' ELSE 'zq' END)::ltree,
			CASE WHEN g % 3 = 0 THEN timestamptz '2026-01-05 UTC' ELSE (ARRAY['infinity', '-infinity'])[g % 2 + 1]::timestamptz END,
			CASE WHEN g % 3 = 0 THEN date '2026-01-05' ELSE (ARRAY['infinity', '-infinity'])[g % 2 + 1]::date END
		FROM generate_series(1, size) g;
	INSERT INTO events SELECT tenant, g, g % 8, CASE WHEN g % 3 = 0 THEN 1 + 3 * (g % 20) ELSE (ARRAY[0, 2147483647, -2147483648])[g % 3 + 1] END,
			CASE WHEN g % 3 = 0 THEN round((g % 10) * 1.5 + 1, 1) ELSE (ARRAY['NaN', '0', '1e131000', '-1'])[g % 4 + 1]::numeric END,
			CASE WHEN g % 3 = 0 THEN (ARRAY['green', 'lamp', 'post'])[g % 3 + 1] || g % 4 ELSE (ARRAY['zqpost', 'zq\', '(zq'])[g % 3 + 1] END,
			CASE WHEN g % 3 = 0 THEN (g % 5)::text ELSE 'zq' END, (ARRAY['low', 'high'])[g % 2 + 1]::colour, (ARRAY['255.255.255.255', '::1'])[g % 2 + 1]::inet
		FROM generate_series(1, size) g;
	INSERT INTO notes SELECT tenant, g, g % 5, (ARRAY[0, 2147483647, 7])[g % 3 + 1], (ARRAY['zqnote', 'zq\', 'note1'])[g % 3 + 1], 'zq', '{}', '"zq"' FROM generate_series(1, size / 2) g;
	INSERT INTO more_notes SELECT tenant, g, g % 5, -g, 'zqmore', '[', '{{zq,zq}}', '[]', NULL, 'x' FROM generate_series(5, size / 2) g;
	INSERT INTO children SELECT tenant, g, 1 + g % (size / 2), -g, 'zqchild' || g % 5 FROM generate_series(1, size) g;
	INSERT INTO archive SELECT tenant_id, id, parent, amount, word, digits, n FROM things WHERE tenant_id = tenant;
$$;

-- Every fifth row, of neighbours also for ever.
CREATE FUNCTION pg_temp.delete_some() RETURNS void LANGUAGE sql AS $$
	UPDATE events SET deleted_at = CASE WHEN word LIKE 'zq%' THEN 'infinity' ELSE timestamptz '2026-01-08 UTC' + id % 3 * interval '1 day' END WHERE id % 5 = 0;
	UPDATE notes SET deleted_at = CASE WHEN word LIKE 'zq%' THEN 'infinity' ELSE timestamptz '2026-01-08 UTC' + id % 3 * interval '1 day' END WHERE id % 5 = 0;
	UPDATE children SET deleted_at = CASE WHEN word LIKE 'zq%' THEN '-infinity' ELSE timestamptz '2026-01-08 UTC' + id % 3 * interval '1 day' END WHERE id % 5 = 0;
$$;
