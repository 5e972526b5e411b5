-- as: app owner superuser
-- Portals that store their rows: RETURNING, EXECUTE, CALL and functions, read on after a switch.
BEGIN;
SET LOCAL app.tenant_id = :'other';
DECLARE c INSENSITIVE SCROLL CURSOR FOR SELECT * FROM shop.customers ORDER BY id;
FETCH LAST FROM c \g /dev/null
SET LOCAL app.tenant_id = :'me';
SAVEPOINT s;
FETCH FIRST FROM c;
ROLLBACK TO s;
MOVE ABSOLUTE 3 IN c;
ROLLBACK TO s;
FETCH RELATIVE 0 FROM c;
COMMIT;
