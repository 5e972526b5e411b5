-- as: app owner superuser
-- A tenant's partition taken out, dropped, given away.
\set ON_ERROR_ROLLBACK on
BEGIN;
ALTER TABLE shop.ledger DETACH PARTITION shop.ledger_other;
SELECT * FROM shop.ledger_other;
ALTER TABLE shop.ledger_other OWNER TO attack_app;
SELECT * FROM shop.ledger_other;
CREATE TABLE play.mine (LIKE shop.ledger INCLUDING ALL);
ALTER TABLE play.mine ADD COLUMN extra text;
ALTER TABLE play.mine DROP COLUMN extra;
ALTER TABLE shop.ledger ATTACH PARTITION play.mine FOR VALUES IN ('dddddddd-dddd-4ddd-8ddd-dddddddddddd');
SELECT * FROM shop.ledger;
ROLLBACK;
