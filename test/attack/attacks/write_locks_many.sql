-- Row locks of every strength by every way, with writes after.
BEGIN;
SELECT * FROM shop.super_view WHERE tenant_id <> :'me' FOR UPDATE;
SELECT * FROM shop.owner_view FOR SHARE OF owner_view SKIP LOCKED;
WITH l AS (SELECT ctid FROM shop.items FOR UPDATE) UPDATE shop.items i SET price = 0 FROM l WHERE i.ctid = l.ctid RETURNING i.*;
DELETE FROM shop.notes WHERE ctid IN (SELECT ctid FROM shop.notes FOR UPDATE);
DELETE FROM ONLY shop.notes WHERE ctid >= '(0,0)';
UPDATE shop.ledger SET entry = 'taken' WHERE (tableoid, ctid) IN (SELECT tableoid, ctid FROM shop.ledger) RETURNING *;
COMMIT;
