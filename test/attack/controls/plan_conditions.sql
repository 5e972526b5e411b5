-- as: superuser
-- Conditions that are trusted use their index as an ordinary role, in custom and generic plans; what is computed above the filter, or not at all, costs nothing.
CREATE EXTENSION pg_trgm;
INSERT INTO shop.hostile SELECT tenant.current_uuid(), g, 'own' || g, g, g, g, '2026-01-07', '2026-01-07', '2026-01-07', '7 days', ARRAY[g], '{a}', jsonb_build_object('n', g, 'sku', 'own' || g),
	int4range(g, g + 1), NULL, NULL, to_tsvector('simple', 'own' || g), CASE WHEN g % 1000 = 0 THEN 'blue' ELSE 'red' END::shop.colour FROM generate_series(1000, 6000) g;
CREATE INDEX found_number ON shop.hostile (n);
CREATE INDEX found_colour ON shop.hostile (e);
CREATE INDEX found_text ON shop.hostile (t text_pattern_ops);
CREATE INDEX found_trigram ON shop.hostile USING gin (t gin_trgm_ops);
CREATE INDEX found_words ON shop.hostile USING gin (v);
CREATE INDEX found_json ON shop.hostile USING gin (j);
CREATE INDEX found_key ON shop.hostile ((j ->> 'sku'));
CREATE INDEX found_array ON shop.hostile USING gin (a);
CREATE INDEX found_range ON shop.hostile USING gist (r);
SET row_security = off;
ANALYZE shop.hostile;
RESET row_security;
CREATE FUNCTION pg_temp.lacks(query text, index text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE line text; plan text := '';
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS off) ' || query LOOP plan := plan || line || E'\n'; END LOOP;
	RETURN CASE WHEN plan !~ ('Scan (using|on) ' || index || '[^>]*Index Cond') THEN query || E'\n' || plan ELSE '' END;
END$$;
GRANT ALL ON SCHEMA play TO attack_app;
SET ROLE attack_app;
SET enable_seqscan = off;
SET enable_indexscan = off;
SELECT coalesce(string_agg(missing, ''), '') AS missing FROM (SELECT pg_temp.lacks('SELECT ' || outputs || ' FROM shop.hostile WHERE ' || condition || further, index) AS missing
	FROM (VALUES ('n = 4007', 'found_number'), ('e = ''blue''', 'found_colour'), ('t LIKE ''own4007%''', 'found_text'), ('t ILIKE ''%own4007%''', 'found_trigram'),
		('v @@ to_tsquery(''simple'', ''own4007'')', 'found_words'), ('j @> ''{"n": 4007}''', 'found_json'), ('j ->> ''sku'' = ''own4007''', 'found_key'), ('a && ''{4007}''', 'found_array'), ('r && ''[4007,4008)''', 'found_range')) c (condition, index),
		unnest(ARRAY['id', 'id, shop.peek(t)']) outputs, unnest(ARRAY['', ' ORDER BY upper(t)', ' AND upper(t) <> ''X''']) further) m \gset
PREPARE later (text) AS SELECT id FROM shop.hostile WHERE t ILIKE $1;
SET plan_cache_mode = force_generic_plan;
SELECT pg_temp.lacks('EXECUTE later (''%own4007%'')', 'found_trigram') AS generic \gset
SET plan_cache_mode = force_custom_plan;
SELECT pg_temp.lacks('EXECUTE later (''%own4007%'')', 'found_trigram') AS custom \gset
SELECT pg_temp.lacks('SELECT id FROM (SELECT id, n, shop.peek(t) AS told FROM shop.hostile) s WHERE n = 4007', 'found_number') AS unused \gset
SELECT CASE WHEN :'missing' || :'generic' || :'custom' || :'unused' = '' THEN 'control ok' ELSE :'missing' || :'generic' || :'custom' || :'unused' END;
