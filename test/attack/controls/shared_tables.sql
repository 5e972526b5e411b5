-- as: app owner superuser
-- Tables that are nobody's, joined with, referenced and written beside protected ones.
INSERT INTO shop.countries VALUES ('de', 'Germany');
UPDATE shop.countries SET name = (SELECT name FROM shop.customers WHERE id = 1) WHERE code = 'fr';
MERGE INTO shop.countries k USING shop.customers c ON k.code = c.name WHEN NOT MATCHED AND c.id = 2 THEN INSERT VALUES (c.name, 'new');
SELECT 'control ok' FROM shop.countries CROSS JOIN shop.customers HAVING count(*) = 80 AND count(*) FILTER (WHERE code = 'mine-name-2') = 20;
DELETE FROM shop.countries WHERE code = 'mine-name-2';
DELETE FROM shop.countries WHERE code = 'de';
UPDATE shop.countries SET name = 'France' WHERE code = 'fr';
