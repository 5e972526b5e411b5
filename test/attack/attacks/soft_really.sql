-- as: app
-- Removing rows for good, where one may only mark them.
SELECT tenant.hard_delete();
SET pg_tenant.hard_delete = on;
SELECT set_config('pg_tenant.hard_delete', 'on', false);
ALTER ROLE attack_app SET pg_tenant.hard_delete = on;
CREATE FUNCTION play.really() RETURNS void LANGUAGE sql SET pg_tenant.hard_delete = on AS 'DELETE FROM shop.marked';
SELECT play.really();
CREATE TRIGGER tenant_soft_delete BEFORE DELETE ON shop.marked FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
ALTER TABLE shop.marked DISABLE TRIGGER ALL;
SELECT tenant.disable_soft_delete('shop.marked');
CALL tenant.purge_deleted('shop.marked', '0 s');
SET app.include_deleted = alone;
DELETE FROM shop.marked;
SET app.include_deleted = off;
WITH gone AS (DELETE FROM shop.marked WHERE id > 10 RETURNING id) MERGE INTO shop.marked m USING gone ON m.id = gone.id WHEN MATCHED THEN DELETE;
DELETE FROM shop.marked;
COPY (DELETE FROM shop.marked RETURNING id) TO STDOUT;
SET row_security = off;
DELETE FROM shop.marked;
SET row_security = on;
SET app.include_deleted = on;
DELETE FROM shop.marked;
SELECT shop.found(count(*) < 20) FROM shop.marked;
