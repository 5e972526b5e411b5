-- as: owner superuser
-- The merged column of a join is cast, by a function of one's own.
CREATE TYPE play.word AS (word text);
CREATE FUNCTION play.read(value text) RETURNS play.word LANGUAGE plpgsql IMMUTABLE COST 0.0000001 AS $$BEGIN RAISE NOTICE 'read %', value; RETURN ROW(value); END$$;
CREATE CAST (text AS play.word) WITH FUNCTION play.read(text) AS IMPLICIT;
CREATE TABLE play.words (name play.word, secret play.word, id int);
INSERT INTO play.words SELECT ROW('x'), ROW('y'), g FROM generate_series(1, 40) g;
SET enable_hashjoin = off;
SET enable_mergejoin = off;
SELECT count(*) FROM shop.customers a JOIN play.words b USING (name);
SELECT count(*) FROM shop.customers a LEFT JOIN play.words b USING (secret);
SELECT count(*) FROM play.words b RIGHT JOIN shop.customers a USING (secret) WHERE secret > ROW('a')::play.word;
SELECT name FROM shop.customers a FULL JOIN play.words b USING (name) WHERE name IS NOT NULL;
SELECT id FROM shop.customers WHERE name = ROW('x')::play.word;
SELECT id FROM shop.customers WHERE secret::play.word IS NOT NULL;
SELECT id FROM shop.customers WHERE (name, secret) = (ROW('x')::play.word, ROW('x')::play.word);
SELECT id FROM shop.customers WHERE name IN (ROW('x')::play.word, ROW('y')::play.word) OR secret::play.word > ROW('x')::play.word;
SELECT id FROM shop.items WHERE tags::play.word[] IS NOT NULL;
