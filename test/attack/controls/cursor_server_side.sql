-- as: app owner superuser
-- What drivers call a server-side cursor: FETCH in batches, also psql's own.
BEGIN;
DECLARE "named" NO SCROLL CURSOR WITHOUT HOLD FOR SELECT id FROM shop.customers ORDER BY id;
FETCH FORWARD 7 FROM "named" \g /dev/null
MOVE FORWARD 12 IN "named";
FETCH FORWARD 7 FROM "named" \gset last_
FETCH NEXT FROM "named" \g /dev/null
CLOSE "named";
COMMIT;
\set FETCH_COUNT 3
SELECT id FROM shop.super_view \g /dev/null
SELECT 'control ok' WHERE :last_id = 20;
