-- SECURITY DEFINER functions of a superuser.
SELECT * FROM shop.super_definer();
SELECT * FROM shop.super_sql();
SELECT (shop.super_sql()).secret;
