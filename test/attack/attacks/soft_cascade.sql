-- as: app owner superuser bypass
-- Marking other tenants' rows, or learning of them, by foreign keys of tables that soft-delete. Row-level security alone marks no other tenant's row here. mutation: bypass roles not confined
DELETE FROM shop.marked;
UPDATE shop.marked SET deleted_at = now();
SET app.include_deleted = on;
UPDATE shop.marked SET deleted_at = NULL;
UPDATE shop.marked SET deleted_at = NULL, parent = 35;
SET app.include_deleted = off;
SELECT tenant.has_live_parents(NULL, 'shop.marked'::regclass, '(0,1)');
SELECT tenant.is_without_live_children(NULL, 'shop.marked'::regclass, '(0,1)');
SELECT * FROM tenant.unique_keys_of('shop.marked'::regclass, 'deleted_at');
CREATE TABLE pg_temp.mine (id int PRIMARY KEY, gone timestamptz);
CREATE TRIGGER tenant_soft_delete BEFORE DELETE ON pg_temp.mine FOR EACH ROW WHEN (tenant.is_unasked_delete(OLD.gone)) EXECUTE FUNCTION tenant.refuse_delete();
CREATE TRIGGER follow AFTER UPDATE ON pg_temp.mine FOR EACH ROW EXECUTE FUNCTION tenant.follow_deletion();
INSERT INTO pg_temp.mine VALUES (1);
UPDATE pg_temp.mine SET gone = now();
DELETE FROM pg_temp.mine;
