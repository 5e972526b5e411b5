-- as: app owner superuser
-- RETURNING of every command, with expressions, defaults and generated columns.
INSERT INTO shop.lines (place, text) VALUES (500, 'a') RETURNING id, loud, stamp = now() AS stamped, tenant_id = :'me' AS own \gset made_
UPDATE shop.lines SET text = text || 'b' WHERE id = :made_id RETURNING loud \gset changed_
WITH d AS (DELETE FROM shop.lines WHERE id = :made_id RETURNING *) SELECT text, count(*) OVER () AS n FROM d \gset gone_
SELECT 'control ok' WHERE :made_id >= 1000 AND :'made_loud' = 'A' AND :'made_stamped' AND :'made_own' AND :'changed_loud' = 'AB' AND :'gone_text' = 'ab' AND :gone_n = 1;
