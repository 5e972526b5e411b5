-- as: app owner superuser
-- Isolation levels, read only and deferrable transactions, chains.
BEGIN ISOLATION LEVEL SERIALIZABLE;
UPDATE shop.customers SET balance = 1 WHERE id = (SELECT max(id) FROM shop.customers);
COMMIT AND CHAIN;
SELECT count(*) AS n FROM shop.customers WHERE balance = 1 \gset
COMMIT;
BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY;
SELECT count(*) AS again FROM shop.customers \gset
COMMIT;
SELECT 'control ok' WHERE :n = 1 AND :again = 20;
