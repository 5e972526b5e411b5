-- as: owner superuser
-- Building a unique index, or checking a key over the rows that are there, quotes the first row that fails.
CREATE UNIQUE INDEX ON shop.customers (secret);
CREATE UNIQUE INDEX CONCURRENTLY ON shop.customers (secret);
ALTER TABLE shop.customers ADD UNIQUE (secret);
ALTER TABLE shop.customers ADD EXCLUDE (secret WITH =);
CREATE TABLE play.names (name text PRIMARY KEY);
ALTER TABLE shop.customers ADD FOREIGN KEY (name) REFERENCES play.names;
ALTER TABLE shop.customers ADD CONSTRAINT late FOREIGN KEY (name) REFERENCES play.names NOT VALID;
ALTER TABLE shop.customers VALIDATE CONSTRAINT late;
ALTER TABLE shop.customers ALTER secret SET NOT NULL, ADD CHECK (balance < 987650000);
