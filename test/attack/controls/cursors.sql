-- as: app owner superuser
-- Cursors, scrolled, held, and updated through.
BEGIN;
DECLARE c SCROLL CURSOR WITH HOLD FOR SELECT id FROM shop.customers ORDER BY id;
DECLARE u CURSOR FOR SELECT * FROM shop.items WHERE id = 3 FOR UPDATE;
FETCH u \g /dev/null
UPDATE shop.items SET price = 0 WHERE CURRENT OF u;
COMMIT;
FETCH LAST FROM c \gset
SELECT 'control ok' FROM shop.items WHERE price = 0 AND :id = 20 HAVING count(*) = 1;
