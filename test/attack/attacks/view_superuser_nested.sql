-- Views over views, a superuser's below and above one's own, with sub-selects.
SELECT * FROM shop.super_nested;
CREATE TEMP VIEW mine AS SELECT n.*, (SELECT max(secret) FROM shop.super_view v WHERE v.id = n.id) AS found FROM shop.super_nested n;
TABLE mine;
SELECT * FROM shop.super_nested WHERE shop.peek(note) OR shop.peek(secret);
WITH v AS MATERIALIZED (TABLE shop.super_nested) SELECT v.*, o.* FROM v JOIN shop.super_orders o USING (id);
