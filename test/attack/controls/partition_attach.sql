-- as: owner superuser
-- A table is filled and attached, another detached and still confined.
CREATE TABLE play.later (LIKE shop.orders INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
INSERT INTO play.later (tenant_id, id, day, item) VALUES (:'me', 500, '2028-02-02', 'attached'), (:'other', 500, '2028-02-02', 'attached');
ALTER TABLE shop.orders ATTACH PARTITION play.later FOR VALUES FROM ('2028-01-01') TO ('2029-01-01');
SELECT count(*) AS n FROM shop.orders WHERE item = 'attached' \gset attached_
SELECT count(*) AS n FROM play.later \gset direct_
ALTER TABLE shop.orders DETACH PARTITION shop.orders_2025;
SELECT 'control ok' FROM shop.orders_2025 HAVING count(*) = 11 AND :attached_n = 1 AND :direct_n = 1 AND (SELECT count(*) FROM shop.orders) = 10;
