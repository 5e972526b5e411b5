-- Once there are rows: keys, what the planner knows of them, and indexes that ask the spies. Nothing writes to that table: it would
-- compare what is new with what neighbours have.
SET row_security = off;
SET fuzz.blind = yes;
CREATE INDEX ON archive (word spying);
CREATE INDEX ON archive USING hash (digits spying);
CREATE INDEX ON archive ((digits || '') spying);
ALTER TABLE children ADD FOREIGN KEY (tenant_id, parent) REFERENCES things ON DELETE CASCADE ON UPDATE CASCADE;
ANALYZE;
