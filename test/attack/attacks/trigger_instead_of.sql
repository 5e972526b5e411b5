-- An INSTEAD OF trigger on a view of one's own over a superuser's.
CREATE VIEW play.v AS SELECT * FROM shop.super_view;
CREATE FUNCTION play.instead() RETURNS trigger LANGUAGE plpgsql AS
	$$BEGIN RAISE NOTICE '%', OLD; UPDATE shop.super_view SET name = 'taken' WHERE tenant_id <> 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'; RETURN NEW; END$$;
CREATE TRIGGER i INSTEAD OF UPDATE ON play.v FOR EACH ROW EXECUTE FUNCTION play.instead();
UPDATE play.v SET name = 'x';
DROP VIEW play.v;
DROP FUNCTION play.instead;
