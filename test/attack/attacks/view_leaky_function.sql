-- A leaky function above the views.
SELECT id FROM shop.owner_view WHERE shop.peek(secret);
SELECT id FROM shop.barrier_view WHERE shop.peek(secret);
SELECT id FROM shop.invoker_view WHERE shop.peek(secret);
SELECT id FROM shop.super_view WHERE shop.peek(secret);
