-- A superuser's view joined with tables read as oneself.
SELECT v.secret, c.name FROM shop.super_view v JOIN shop.customers c USING (id);
SELECT (SELECT max(secret) FROM shop.super_view), shop.found(EXISTS (SELECT FROM shop.super_view WHERE tenant_id <> :'me'));
