-- as: owner superuser
-- COPY FROM where a BEFORE ROW trigger changes each row, of a partition too.
CREATE FUNCTION play.shout() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.item := upper(NEW.item); RETURN NEW; END';
CREATE TRIGGER shout BEFORE INSERT ON shop.orders_2026 FOR EACH ROW EXECUTE FUNCTION play.shout();
COPY shop.orders (id, day, item) FROM STDIN WITH (FORMAT csv, HEADER);
id,day,item
500,2025-03-03,quiet
501,2026-03-03,loud
\.
DROP TRIGGER shout ON shop.orders_2026;
SELECT 'control ok' FROM shop.orders WHERE id >= 500 AND tenant_id = :'me' HAVING string_agg(item, ',' ORDER BY id) = 'quiet,LOUD';
