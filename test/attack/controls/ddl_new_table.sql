-- as: superuser
-- A new table, protected and found in order; tables that nobody protects work as before.
CREATE TABLE play.fresh (tenant_id uuid, id int);
SELECT tenant.protect('play.fresh');
INSERT INTO play.fresh (id) VALUES (1);
CREATE TABLE play.plain (id int);
INSERT INTO play.plain VALUES (1);
SELECT 'control ok' FROM play.fresh JOIN play.plain USING (id);
DROP TABLE play.fresh, play.plain;
