-- Rows by their address.
SELECT c.* FROM shop.customers c WHERE ctid = ANY (SELECT format('(%s,%s)', b, n)::tid FROM generate_series(0, 3) b, generate_series(1, 99) n);
SELECT * FROM shop.customers WHERE ctid > '(0,0)';
