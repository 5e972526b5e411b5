-- UPDATE without WHERE; what it returns.
UPDATE shop.customers SET balance = 0 RETURNING *;
UPDATE shop.notes SET body = 'taken' RETURNING *;
