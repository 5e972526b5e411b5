-- as: app owner superuser
-- Views of the owner and of a superuser.
SELECT 'control ok' WHERE (SELECT count(*) FROM shop.owner_view) = 20 AND (SELECT count(*) FROM shop.barrier_view) = 20
	AND (SELECT count(*) FROM shop.invoker_view) = 20 AND (SELECT count(*) FROM shop.super_view) = 20;
