-- ONLY, and a parent with its children.
SELECT * FROM ONLY shop.notes;
SELECT tableoid::regclass, * FROM shop.notes;
SELECT * FROM ONLY shop.orders;
