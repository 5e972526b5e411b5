-- Locking clauses; what another transaction holds says that it is there.
SELECT * FROM shop.customers FOR UPDATE;
SELECT * FROM shop.customers FOR KEY SHARE SKIP LOCKED;
SELECT c.* FROM shop.countries k, shop.customers c FOR NO KEY UPDATE OF c NOWAIT;
