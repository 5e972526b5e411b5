-- The same in DELETE.
\set ON_ERROR_ROLLBACK on
BEGIN;
DELETE FROM shop.notes WHERE shop.peek(body);
DELETE FROM shop.items USING shop.customers c WHERE shop.peek(c.secret);
ROLLBACK;
