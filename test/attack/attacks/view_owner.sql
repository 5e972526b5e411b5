-- A view of the tables' owner.
SELECT * FROM shop.owner_view;
SELECT * FROM shop.barrier_view;
SELECT * FROM shop.invoker_view;
