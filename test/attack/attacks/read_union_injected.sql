-- The UNION of an injected query.
SELECT item FROM shop.orders WHERE item = '' UNION ALL SELECT secret FROM shop.customers UNION SELECT body FROM shop.notes;
