-- TRUNCATE of a partition, of a child, among other tables.
TRUNCATE shop.orders_2025;
TRUNCATE shop.urgent_notes;
TRUNCATE shop.spill, shop.orders RESTART IDENTITY;
