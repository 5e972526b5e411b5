-- as: app owner superuser
-- A view of a join that is written by an INSTEAD OF trigger, and one by a rule.
CREATE VIEW play.joined AS SELECT c.id, c.name, o.item FROM shop.customers c JOIN shop.orders o ON o.customer_id = c.id;
CREATE FUNCTION play.instead() RETURNS trigger LANGUAGE plpgsql AS
	$$BEGIN UPDATE shop.customers SET name = NEW.name WHERE id = OLD.id; RETURN NEW; END$$;
CREATE TRIGGER i INSTEAD OF UPDATE ON play.joined FOR EACH ROW EXECUTE FUNCTION play.instead();
UPDATE play.joined SET name = 'joined' WHERE item LIKE 'mine-item-1%';
CREATE VIEW play.ruled AS SELECT id, name FROM shop.customers;
CREATE RULE d AS ON DELETE TO play.ruled DO INSTEAD UPDATE shop.customers SET name = 'ruled' WHERE id = OLD.id;
DELETE FROM play.ruled WHERE id IN (2, 3);
SELECT 'control ok' FROM shop.customers HAVING count(*) FILTER (WHERE name = 'joined') = 11 AND count(*) FILTER (WHERE name = 'ruled') = 2;
