-- Once there are rows: keys, and what the planner knows of them.
SET row_security = off;
ALTER TABLE children ADD FOREIGN KEY (tenant_id, parent) REFERENCES things ON DELETE CASCADE ON UPDATE CASCADE;
ANALYZE;
