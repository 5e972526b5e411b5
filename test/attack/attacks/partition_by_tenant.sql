-- A table with a partition to a tenant: through the parent, directly, pruned by plans that were made for another.
SELECT * FROM shop.ledger;
SELECT * FROM shop.ledger_other;
SELECT * FROM shop.ledger_rest;
SET plan_cache_mode = force_generic_plan;
PREPARE q (uuid) AS SELECT * FROM shop.ledger WHERE tenant_id = $1;
EXECUTE q (:'me') \g /dev/null
EXECUTE q (:'other');
EXPLAIN (VERBOSE, COSTS off) EXECUTE q (:'third');
UPDATE shop.ledger SET tenant_id = :'other';
UPDATE shop.ledger_mine SET tenant_id = :'other';
INSERT INTO shop.ledger VALUES (:'other', 901, 'planted', 1);
INSERT INTO shop.ledger_rest VALUES (:'third', 901, 'planted', 1);
DELETE FROM shop.ledger_other RETURNING *;
