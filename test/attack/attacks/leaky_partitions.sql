-- The same on partitions and children, through the parent and directly.
SELECT id FROM shop.orders WHERE shop.peek(item);
SELECT id FROM shop.orders_2026 WHERE shop.peek(item);
SELECT id FROM shop.notes WHERE shop.peek(body);
SELECT id FROM shop.urgent_notes WHERE shop.peek(deadline);
