-- as: owner superuser
-- Row triggers before and after, statement triggers with transition tables, an audit table, on a table and its partitions.
CREATE TABLE play.audit (tenant text, what text, rows int);
GRANT ALL ON play.audit TO PUBLIC;
CREATE FUNCTION play.log() RETURNS trigger LANGUAGE plpgsql AS
	$$BEGIN INSERT INTO play.audit SELECT max(tenant_id::text), TG_OP, count(*) FROM changed; RETURN NULL; END$$;
CREATE TRIGGER log AFTER UPDATE ON shop.orders REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION play.log();
CREATE FUNCTION play.shout() RETURNS trigger LANGUAGE plpgsql AS
	$$BEGIN NEW.item := upper(NEW.item); IF NEW.price < 0 THEN RETURN NULL; END IF; RETURN NEW; END$$;
CREATE TRIGGER shout BEFORE UPDATE ON shop.orders FOR EACH ROW EXECUTE FUNCTION play.shout();
UPDATE shop.orders SET price = CASE WHEN id = 1 THEN -1 ELSE 5 END;
SELECT 'control ok' FROM play.audit WHERE tenant = :'me' AND what = 'UPDATE' AND rows = 19 AND (SELECT count(*) FROM shop.orders WHERE item LIKE 'MINE%') = 19;
