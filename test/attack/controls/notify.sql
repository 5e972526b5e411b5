-- as: app owner superuser
-- LISTEN and NOTIFY: the payload arrives, from a trigger and from SQL.
LISTEN news;
DO $$BEGIN PERFORM pg_notify('news', E'n\n' || CASE WHEN count(*) = 20 THEN 'control ok' END || E'\n') FROM shop.customers; END$$;
SELECT 1 \g /dev/null
UNLISTEN *;
