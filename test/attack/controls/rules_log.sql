-- as: app owner superuser
-- A rule that logs, on a table that is nobody's.
CREATE TABLE play.inbox (line text);
CREATE RULE log AS ON INSERT TO play.inbox DO ALSO INSERT INTO shop.spill SELECT NEW.line || ' ' || (SELECT count(*) FROM shop.customers);
INSERT INTO play.inbox VALUES ('rule');
SELECT 'control ok' FROM shop.spill WHERE line = 'rule 20';
