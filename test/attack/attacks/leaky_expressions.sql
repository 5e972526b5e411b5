-- The same within other expressions: arrays, rows, CASE, NULLIF, GREATEST, IS DISTINCT FROM, subscripts, comparisons of rows.
SELECT id FROM shop.customers WHERE ARRAY[shop.peek(secret), true] = '{t,t}';
SELECT id FROM shop.customers WHERE ROW(shop.peek(secret), 1) = ROW(true, 1);
SELECT id FROM shop.customers WHERE (balance, shop.peek(secret)) > (100, false);
SELECT id FROM shop.customers WHERE CASE WHEN balance > 0 THEN shop.peek(secret) ELSE name LIKE 'x' END;
SELECT id FROM shop.customers WHERE CASE shop.peek(secret) WHEN true THEN true END;
SELECT id FROM shop.customers WHERE nullif(shop.peek(secret), false);
SELECT id FROM shop.customers WHERE greatest(shop.peek(secret), false);
SELECT id FROM shop.customers WHERE shop.peek(secret) IS DISTINCT FROM false;
SELECT id FROM shop.customers WHERE shop.peek(secret) IS NOT NULL AND shop.peek(name) IS TRUE;
SELECT id FROM shop.customers WHERE (ARRAY['t', 'f'])[CASE WHEN shop.peek(secret) THEN 1 ELSE 2 END] = 't';
SELECT id FROM shop.customers WHERE shop.peek(secret) = ANY (ARRAY[true]);
SELECT id FROM shop.customers WHERE NOT shop.peek(secret) OR NOT (shop.peek(name) AND balance > 0);
SELECT id FROM shop.items WHERE shop.peek(data -> 'n') AND shop.peek(tags[1]) AND shop.peek(data['sku']);
SELECT id FROM shop.customers c WHERE shop.peek((c.*)::text) AND shop.peek(to_jsonb(c)) AND shop.peek((c).secret);
SELECT id FROM shop.customers WHERE shop.peek(ctid) AND shop.peek(secret) AND ctid = ctid;
SELECT id FROM shop.customers WHERE shop.peek(xmlelement(name a, secret)) AND shop.peek(concat(name, secret)) AND shop.peek(format('%s', secret));
SELECT id FROM shop.customers WHERE shop.peek(VARIADIC value => secret);
SELECT id FROM shop.customers WHERE shop.peek(value => secret);
