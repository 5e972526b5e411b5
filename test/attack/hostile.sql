-- What an attack needs that compares how conditions end over shop.hostile and over a copy of one's own rows of it; read by \ir.
SET statement_timeout = '60s';
SET client_min_messages = error;
CREATE TEMP TABLE mine AS SELECT * FROM shop.hostile;
CREATE TEMP TABLE told (query text, here text, alone text);
CREATE FUNCTION pg_temp.compare(condition text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE here text := shop.ending('SELECT id FROM shop.hostile WHERE (' || condition || ') IS NOT NULL'); alone text;
BEGIN
	IF here <> 'none' THEN
		alone := shop.ending('SELECT id FROM mine WHERE (' || condition || ') IS NOT NULL');
		INSERT INTO told SELECT condition, here, alone WHERE here <> alone;
	END IF;
END$$;
CREATE TEMP TABLE columns AS SELECT attname, t.oid AS type, format_type(atttypid, NULL) AS spelt, typcategory, typelem,
		(SELECT to_jsonb(m) ->> attname FROM mine m LIMIT 1) AS value
	FROM pg_attribute JOIN pg_type t ON t.oid = atttypid WHERE attrelid = 'mine'::regclass AND attnum > 2;
