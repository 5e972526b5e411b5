-- as: superuser
-- Where memory is short a bitmap says pages instead of rows, and all rows of a page are looked at again: 20 MB for 64 kB.
SET ROLE attack_owner;
INSERT INTO shop.notes SELECT tenant.current_uuid(), g, repeat('x', 1900) FROM generate_series(1000, 11000) g;
CREATE INDEX ON shop.notes (id);
CREATE INDEX ON shop.notes (body text_pattern_ops);
SET enable_seqscan = off;
SET enable_indexscan = off;
SET work_mem = 64;
SET ROLE attack_app;
SELECT count(*) FROM shop.notes WHERE id > 0 AND id < 20000 AND shop.peek(left(body, 25)) AND id < 1000;
SELECT shop.differ($$SELECT count(*) FROM shop.notes WHERE id > 0 AND body LIKE 'SOUGHT%\'$$);
SELECT shop.differ($$SELECT count(*) FROM shop.notes WHERE (id > 1 OR body LIKE 'SOUGHT-note%\') AND (id < 100000)$$);
