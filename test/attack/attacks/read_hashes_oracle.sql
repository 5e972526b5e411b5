-- Digests and counts of what must not be seen.
SELECT shop.found(count(*) <> 20), shop.found(bool_or(tenant_id <> :'me')) FROM shop.customers;
SELECT shop.found(count(*) <> 20) FROM shop.super_view WHERE true;
SELECT shop.found(sum(hashtext(secret)) <> 20 * hashtext('mine-secret')) FROM shop.customers;
SELECT shop.found(corr(id, balance) IS NULL), shop.found(max(balance) > 200) FROM shop.customers;
SELECT shop.found((SELECT count(*) FROM shop.orders o, shop.orders p) <> 400);
