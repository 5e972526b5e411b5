-- Writing one's own rows on another server.
BEGIN;
INSERT INTO shop.stock (id, item) VALUES (99, 'new');
UPDATE shop.stock SET item = 'changed' WHERE id = 99;
DELETE FROM shop.stock WHERE id < 20;
SELECT CASE WHEN string_agg(item, ',' ORDER BY id) = 'mine-stock-20,changed' THEN 'control ok' END FROM shop.stock;
ROLLBACK;
