-- as: app owner superuser
-- Policies dropped, altered, added.
\set ON_ERROR_ROLLBACK on
BEGIN;
DO $$DECLARE p record; BEGIN FOR p IN SELECT * FROM pg_policies WHERE schemaname = 'shop' LOOP
	BEGIN EXECUTE format('ALTER POLICY %I ON shop.%I USING (true)', p.policyname, p.tablename); EXCEPTION WHEN OTHERS THEN NULL; END;
	BEGIN EXECUTE format('ALTER POLICY %I ON shop.%I TO pg_monitor', p.policyname, p.tablename); EXCEPTION WHEN OTHERS THEN NULL; END;
	BEGIN EXECUTE format('DROP POLICY %I ON shop.%I', p.policyname, p.tablename); EXCEPTION WHEN OTHERS THEN NULL; END; END LOOP; END$$;
CREATE POLICY wide ON shop.customers USING (true) WITH CHECK (true);
CREATE POLICY wide ON shop.orders_2026 TO CURRENT_USER USING (true);
SELECT * FROM shop.customers;
SELECT * FROM shop.orders_2026;
ROLLBACK;
