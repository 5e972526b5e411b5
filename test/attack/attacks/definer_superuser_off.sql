-- as: app owner none
-- A superuser's function that switches policies off for itself lends nobody the right.
SELECT * FROM shop.super_off();
SELECT set_config('row_security', 'off', true), (shop.super_sql()).secret;
SELECT * FROM shop.super_dynamic('SELECT set_config(''row_security'', ''off'', false)');
SELECT * FROM shop.super_definer();
