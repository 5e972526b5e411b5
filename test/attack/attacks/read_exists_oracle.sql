-- EXISTS, IN and ANY as oracles.
SELECT shop.found(EXISTS (SELECT FROM shop.customers WHERE name LIKE '%-other-%'));
SELECT shop.found(true) FROM shop.countries WHERE EXISTS (SELECT FROM shop.orders WHERE tenant_id <> :'me');
SELECT shop.found(:'other' IN (SELECT tenant_id FROM shop.customers)), shop.found(:'other' = ANY (SELECT tenant_id FROM shop.notes));
