-- as: app owner superuser
-- Cursors are planned once: opened for one tenant, left, come back to, with scans whose keys outlive a switch.
SET enable_seqscan = off;
BEGIN;
DECLARE keyed SCROLL CURSOR FOR SELECT name FROM shop.customers WHERE id > 2;
DECLARE bitmap CURSOR FOR SELECT item FROM shop.orders WHERE id IN (3, 4, 5, 6, 30);
DECLARE looped CURSOR FOR SELECT c.name, o.item FROM shop.customers c JOIN shop.orders o ON o.id = c.id AND o.tenant_id = c.tenant_id ORDER BY c.id DESC;
DECLARE listed CURSOR FOR SELECT entry FROM shop.ledger;
FETCH 2 FROM keyed;
FETCH 1 FROM bitmap;
FETCH 1 FROM looped;
FETCH 1 FROM listed;
SET LOCAL app.tenant_id = :'other';
SELECT count(*) FROM shop.customers WHERE id > 2;
SELECT count(*) FROM shop.orders, shop.ledger \g /dev/null
SET LOCAL app.tenant_id = :'third';
SELECT count(*) FROM shop.customers WHERE id > 2;
SET LOCAL app.tenant_id = :'me';
FETCH 5 FROM keyed;
FETCH ALL FROM bitmap;
FETCH ALL FROM looped;
FETCH ALL FROM listed;
FETCH BACKWARD ALL FROM keyed;
MOVE FORWARD ALL IN keyed;
FETCH PRIOR FROM keyed;
SET LOCAL app.tenant_id = :'other';
SAVEPOINT s;
FETCH FIRST FROM keyed;
ROLLBACK TO s;
FETCH ALL FROM listed;
ROLLBACK;
