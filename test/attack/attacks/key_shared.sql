-- A row that all tenants share takes those of other tenants along.
-- as: owner superuser
CREATE TABLE play.kinds (code text PRIMARY KEY);
INSERT INTO play.kinds VALUES ('a'), ('b');
ALTER TABLE shop.albums ADD kind text DEFAULT 'a' REFERENCES play.kinds ON DELETE CASCADE;
DELETE FROM play.kinds;
ALTER TABLE shop.albums DROP kind;
