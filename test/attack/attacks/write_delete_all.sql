-- DELETE without WHERE: cascades too.
DELETE FROM shop.items RETURNING *;
DELETE FROM shop.customers;
