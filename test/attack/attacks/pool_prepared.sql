-- as: app owner superuser
-- Plans that were made for the tenant before.
SET app.tenant_id = :'other';
PREPARE q AS SELECT * FROM shop.customers WHERE id = 30 OR name LIKE '%-other-%';
PREPARE v AS SELECT * FROM shop.super_view;
PREPARE u AS UPDATE shop.customers SET balance = 2 WHERE id > 20 RETURNING *;
EXECUTE q \g /dev/null
EXECUTE v \g /dev/null
SET app.tenant_id = :'me';
EXECUTE q;
EXECUTE v;
EXECUTE u;
