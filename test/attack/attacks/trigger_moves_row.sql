-- A BEFORE trigger of one's own gives the row to another tenant.
\set ON_ERROR_STOP off
CREATE FUNCTION play.give() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW.tenant_id := 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb'; RETURN NEW; END$$;
CREATE TRIGGER a_give BEFORE INSERT OR UPDATE ON shop.notes FOR EACH ROW EXECUTE FUNCTION play.give();
INSERT INTO shop.notes (id, body) VALUES (901, 'planted');
UPDATE shop.notes SET body = 'planted' WHERE id < 5;
COPY shop.notes (id, body) FROM STDIN;
902	planted
\.
MERGE INTO shop.notes n USING shop.countries ON n.id = -1 WHEN NOT MATCHED THEN INSERT (id, body) VALUES (903, 'planted');
