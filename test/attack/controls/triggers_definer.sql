-- as: app owner superuser
-- A trigger of a superuser's that runs as its owner and writes an unprotected and a protected table.
SELECT shop.super_run($$CREATE FUNCTION play.note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
	'BEGIN INSERT INTO shop.spill VALUES (NEW.name); INSERT INTO shop.notes (id, body) VALUES (NEW.id, (SELECT count(*)::text FROM shop.customers)); RETURN NEW; END'$$) \g /dev/null
SELECT shop.super_run('CREATE TRIGGER note AFTER INSERT ON shop.customers FOR EACH ROW EXECUTE FUNCTION play.note()') \g /dev/null
INSERT INTO shop.customers (id, name) VALUES (500, 'noted');
SELECT 'control ok' FROM shop.notes, shop.spill WHERE id = 500 AND body = '21' AND line = 'noted';
