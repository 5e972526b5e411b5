-- as: app owner superuser
-- Conditions that a filter takes along, or that stay above it, answer as ever: of outer joins, sub-selects, groups, MERGE and patterns.
CREATE TEMP TABLE got (n int, answer text);
INSERT INTO got SELECT 1, count(*) FROM shop.customers a LEFT JOIN shop.orders b ON b.id = a.id AND b.item LIKE '%-1%' AND shop.peek(1) WHERE b.id IS NULL;
INSERT INTO got SELECT 2, count(*) FROM shop.customers a LEFT JOIN shop.orders b ON b.id = a.id + 10 WHERE b.price > 115 AND length(b.item) > 0 AND a.name LIKE 'mine%';
INSERT INTO got SELECT 3, count(*) FROM shop.customers a RIGHT JOIN shop.orders b ON a.id = b.id AND a.name LIKE '%-1_' AND upper(a.name) <> 'X' WHERE b.price > 0;
INSERT INTO got SELECT 4, count(*) FROM shop.customers a FULL JOIN shop.orders b ON a.id = b.id + 5 WHERE a.balance > 100 OR b.price > 100;
INSERT INTO got SELECT 5, count(*) FROM shop.customers a WHERE a.balance > 105 AND upper(a.name) LIKE 'MINE%' AND NOT EXISTS (SELECT FROM shop.orders b WHERE b.id = a.id AND b.item LIKE '%5' AND lower(b.item) <> 'x');
INSERT INTO got SELECT 6, count(*) FROM (SELECT name, balance FROM shop.customers UNION ALL SELECT item, price FROM shop.orders) u WHERE balance > 110 AND upper(name) LIKE '%1_';
INSERT INTO got SELECT 7, sum(n) FROM (SELECT left(name, 11) AS k, count(*) AS n FROM shop.customers WHERE balance > 0 GROUP BY left(name, 11) HAVING left(name, 11) LIKE '%1') s;
INSERT INTO got SELECT 8, count(*) FROM shop.items WHERE data ->> 'sku' LIKE 'mine%' AND tags && '{tag}' AND words @@ 'word' AND price BETWEEN 105 AND 110 AND jsonb_typeof(data -> 'n') = 'number';
INSERT INTO got SELECT 9, count(*) FROM shop.hostile WHERE n > 7 AND e < 'blue' AND r @> 3 AND mr && r AND ip << '10.0.0.0/8' AND c = 'mine' AND ts < now() AND tz::date = d AND upper(t) = 'MINE 7';
INSERT INTO got SELECT 10, (SELECT count(*) FROM shop.owner_view WHERE name LIKE 'mine-name-1%' AND shop.peek(1)) + (SELECT count(*) FROM shop.barrier_view WHERE name ~ '-2$' AND shop.peek(2));
PREPARE p (text, int) AS INSERT INTO got SELECT $2, count(*) FROM shop.customers WHERE name LIKE $1 AND balance > 0;
EXECUTE p ('mine-name-2%', 11);
SET plan_cache_mode = force_generic_plan;
EXECUTE p ('%-3', 12);
EXECUTE p (NULL, 13);
RESET plan_cache_mode;
MERGE INTO got USING (SELECT id FROM shop.customers WHERE id < 3) c ON got.n = c.id AND got.answer LIKE '9%' WHEN NOT MATCHED THEN INSERT VALUES (100 + c.id, 'merged') WHEN MATCHED THEN DELETE;
UPDATE shop.customers SET balance = 0 WHERE name LIKE '%-7' AND upper(name) > 'A';
INSERT INTO got SELECT 14, count(*) FROM shop.customers WHERE balance = 0;
SELECT CASE string_agg(n || '=' || answer, ' ' ORDER BY n) WHEN '2=5 3=20 4=25 5=14 6=18 7=11 8=6 9=5 10=12 11=2 12=1 13=0 14=1 102=merged' THEN 'control ok' ELSE string_agg(n || '=' || answer, ' ' ORDER BY n) END FROM got;
