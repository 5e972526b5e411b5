-- as: app owner superuser
-- A queue: the next row that nobody has locked, taken.
BEGIN;
DELETE FROM shop.items WHERE (tenant_id, id) = (SELECT tenant_id, id FROM shop.items ORDER BY id FOR UPDATE SKIP LOCKED LIMIT 1) RETURNING id \gset first_
UPDATE shop.items SET price = -1 WHERE id = (SELECT id FROM shop.items ORDER BY id FOR NO KEY UPDATE SKIP LOCKED LIMIT 1) RETURNING id \gset second_
SELECT id FROM shop.items WHERE id > 18 FOR SHARE \g /dev/null
COMMIT;
SELECT 'control ok' FROM shop.items WHERE :first_id = 1 AND :second_id = 2 HAVING count(*) = 19;
