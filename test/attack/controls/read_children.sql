-- as: app owner superuser
-- Children through their parent and directly.
SELECT 'control ok' WHERE (SELECT count(*) FROM shop.notes) = 40 AND (SELECT count(*) FROM ONLY shop.notes) = 20
	AND (SELECT count(*) FROM shop.urgent_notes) = 20;
