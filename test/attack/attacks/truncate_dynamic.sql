-- TRUNCATE in a function and in a superuser's.
DO 'BEGIN TRUNCATE shop.notes; END';
SELECT shop.super_dynamic('TRUNCATE shop.items');
