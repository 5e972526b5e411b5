-- as: app owner superuser
-- Functions: definer, inlined, plpgsql.
SELECT 'control ok' WHERE (SELECT count(*) FROM shop.owner_definer()) = 20 AND (SELECT count(*) FROM shop.super_sql()) = 20
	AND (SELECT count(*) FROM shop.inlined()) = 20 AND (SELECT count(*) FROM shop.planned()) = 20 AND shop.one_name(3) = 'mine-name-3';
