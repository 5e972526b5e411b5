-- Foreign keys that do not pair the tenant columns, made here: a reference to another tenant's row is an error, whatever writes it,
-- and no row of another tenant is under a cascade.
SET ROLE attack_owner;
CREATE TABLE play.parents (tenant_id uuid NOT NULL, id int PRIMARY KEY, name text);
CREATE TABLE play.children (tenant_id uuid NOT NULL, id int PRIMARY KEY, parent_id int REFERENCES play.parents ON DELETE CASCADE DEFERRABLE);
