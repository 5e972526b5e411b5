-- The tenant's own rows of what no policy covers.
SELECT CASE WHEN (SELECT count(*) FROM shop.copies) = 20 AND (SELECT count(*) FROM shop.stock) = 20 THEN 'control ok' END;
