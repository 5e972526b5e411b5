-- as: superuser
-- The same with tenants of other types, whose values are by reference of any length, or by value.
SET row_security = off;
SET client_min_messages = error;
SELECT tenant.provision('7'), tenant.provision('8'), tenant.provision('acme-with-a-rather-long-name-of-its-own'), tenant.provision('zeta') \g /dev/null
CREATE TABLE play.texts (org text NOT NULL, id int, v text, PRIMARY KEY (org, id));
CREATE TABLE play.numbers (org bigint NOT NULL, id int, v text, PRIMARY KEY (org, id)) PARTITION BY HASH (org);
CREATE TABLE play.numbers_0 PARTITION OF play.numbers FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE play.numbers_1 PARTITION OF play.numbers FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO play.texts SELECT o, g, CASE o WHEN 'zeta' THEN 'mine' ELSE 'CANARY' END FROM unnest('{zeta,acme-with-a-rather-long-name-of-its-own}'::text[]) o, generate_series(1, 9) g;
INSERT INTO play.numbers SELECT o, g, CASE o WHEN 7 THEN 'mine' ELSE 'CANARY' END FROM unnest('{7,8}'::int[]) o, generate_series(1, 9) g;
SELECT tenant.protect('play.texts', 'org'), tenant.protect('play.numbers', 'org') \g /dev/null
GRANT ALL ON play.texts, play.numbers TO attack_app;
CREATE FUNCTION play.visit(tenant text, tbl text) RETURNS bigint LANGUAGE plpgsql AS
	$$DECLARE n bigint; BEGIN PERFORM set_config('app.tenant_id', tenant, false); EXECUTE 'SELECT count(*) FROM play.' || tbl || ' WHERE id > 2' INTO n; RETURN n; END$$;
RESET client_min_messages;
RESET row_security;
SET ROLE attack_app;
SET enable_seqscan = off;
SET app.tenant_id = 'zeta';
SELECT v, play.visit('acme-with-a-rather-long-name-of-its-own', 'texts') FROM play.texts WHERE id > 0;
SET app.tenant_id = 'acme-with-a-rather-long-name-of-its-own';
PREPARE t (int) AS SELECT v FROM play.texts WHERE id > $1;
EXECUTE t (0) \g /dev/null
SET app.tenant_id = 'zeta';
EXECUTE t (0);
SELECT v FROM play.texts WHERE shop.peek(v);
SET app.tenant_id = '7';
SELECT v, play.visit('8', 'numbers') FROM play.numbers WHERE id > 0;
SET app.tenant_id = '8';
PREPARE n (int) AS SELECT v FROM play.numbers WHERE id > $1;
EXECUTE n (0) \g /dev/null
SET plan_cache_mode = force_generic_plan;
EXECUTE n (0) \g /dev/null
SET app.tenant_id = '7';
EXECUTE n (0);
SELECT v FROM play.numbers WHERE shop.peek(v);
SELECT v FROM play.numbers_0 UNION ALL SELECT v FROM play.numbers_1;
RESET ROLE;
SET row_security = off;
DROP TABLE play.texts, play.numbers;
