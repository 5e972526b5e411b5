-- The details of unique errors, for keys led by the tenant (CVE-2014-8161, CVE-2021-3393).
INSERT INTO shop.customers VALUES (:'other', 30, 'x');
SELECT shop.oracle($$INSERT INTO shop.customers (id) VALUES (30)$$, '23505');
SELECT shop.oracle($$INSERT INTO shop.customers VALUES ('bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', 30)$$, '23505');
SELECT shop.oracle($$UPDATE shop.items SET id = id + 20$$, '23505');
