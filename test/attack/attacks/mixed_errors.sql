-- The same with what can fail: a trusted condition must not make room for the other, nor another tenant's row decide.
SET enable_indexscan = off;
SELECT shop.oracle($$SELECT id FROM shop.customers WHERE balance > 987650000 AND 1 / (balance - 987650007) = 0$$, '22012');
SELECT shop.oracle($$SELECT id FROM shop.customers WHERE balance = 987650007 AND 1 / (balance - 987650007) = 0$$, '22012');
SELECT shop.oracle($$SELECT id FROM shop.customers WHERE name LIKE 'CAN%' AND name::int > 0$$, '22P02');
SELECT shop.oracle($$SELECT id FROM shop.customers WHERE name > 'A' AND name < 'a' AND secret::uuid IS NOT NULL$$, '22P02');
SELECT shop.oracle($$SELECT id FROM shop.items WHERE words @@ 'word' AND price > 200 AND (data ->> 'sku')::int > 0$$, '22P02');
SELECT shop.oracle($$SELECT id FROM shop.items WHERE data @> '{}' AND price > 200 AND (data -> 'n')::text::smallint > 0$$, '22003');
SELECT shop.oracle($$SELECT id FROM shop.orders WHERE price > 200 AND price * 1000 > 0$$, '22003');
SELECT shop.oracle($$SELECT id FROM shop.orders WHERE price > 200 AND price::numeric(5, 0) > 0$$, '22003');
SELECT shop.oracle($$SELECT id FROM shop.orders WHERE price > 200 AND int4range(price, 1000) @> 1$$, '22000');
SELECT shop.oracle($$SELECT id FROM shop.orders WHERE price > 200 AND exp(price) > 1$$, '22003');
SELECT shop.oracle($$SELECT id FROM shop.orders WHERE price > 200 AND sqrt(1000 - price) > 1$$, '2201F');
SELECT shop.oracle($$SELECT id FROM shop.orders WHERE price > 200 AND day + price > day$$, '22008');
SELECT shop.oracle($$SELECT id FROM shop.orders WHERE price > 200 AND chr(price) = 'x'$$, '54000');
SELECT shop.oracle($$SELECT id FROM shop.customers WHERE balance > 200 AND (SELECT id FROM shop.countries, generate_series(1, CASE WHEN balance > 200 THEN 2 ELSE 1 END) id WHERE code = 'fr') = 1$$, '21000');
