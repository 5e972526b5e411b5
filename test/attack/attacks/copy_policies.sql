-- COPY FROM past a permissive policy of one's own, which lets every row in, and through a view with a trigger.
CREATE POLICY all_in ON shop.items FOR INSERT WITH CHECK (true);
COPY shop.items (tenant_id, id) FROM STDIN;
bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb	901
\.
CREATE POLICY sub_query ON shop.items FOR INSERT WITH CHECK (EXISTS (SELECT FROM shop.customers WHERE tenant_id = items.tenant_id));
COPY shop.items (tenant_id, id) FROM STDIN;
cccccccc-cccc-4ccc-8ccc-cccccccccccc	902
\.
DROP POLICY all_in ON shop.items;
DROP POLICY sub_query ON shop.items;
CREATE VIEW play.door AS SELECT * FROM shop.items;
CREATE FUNCTION play.enter() RETURNS trigger LANGUAGE plpgsql AS
	'BEGIN INSERT INTO shop.items (tenant_id, id) VALUES (NEW.tenant_id, NEW.id); RETURN NEW; END';
CREATE TRIGGER enter INSTEAD OF INSERT ON play.door FOR EACH ROW EXECUTE FUNCTION play.enter();
COPY play.door (tenant_id, id) FROM STDIN;
bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb	903
\.
