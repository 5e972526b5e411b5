-- as: app owner superuser
-- Batches: INSERT … SELECT, unnested arrays, VALUES, DEFAULT VALUES, COPY of a thousand rows into a temporary table and on.
INSERT INTO shop.notes (id, body) SELECT g, 'batch ' || g FROM generate_series(1000, 1999) g;
INSERT INTO shop.notes (id, body) SELECT * FROM unnest(ARRAY[2000, 2001], ARRAY['batch', 'batch']);
INSERT INTO shop.notes (id, body) VALUES (2002, 'batch'), (2003, DEFAULT);
INSERT INTO shop.notes DEFAULT VALUES;
INSERT INTO shop.notes (id, body) SELECT id + 5000, 'batch' FROM shop.notes WHERE id >= 1000;
SELECT 'control ok' FROM ONLY shop.notes WHERE body LIKE 'batch%' HAVING count(*) = 1003 + 1004;
