-- A view of a superuser (supabase/splinter#103).
SELECT * FROM shop.super_view;
SELECT * FROM shop.super_orders WHERE tenant_id <> :'me';
