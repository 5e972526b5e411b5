-- as: app owner superuser
-- Large objects, and bytea read from them.
BEGIN;
SELECT lo_from_bytea(0, convert_to(string_agg(name, ',' ORDER BY id), 'UTF8')) AS loid FROM shop.customers \gset
SELECT length(lo_get(:loid)) AS n, substr(convert_from(lo_get(:loid), 'UTF8'), 1, 11) AS start \gset
SELECT lo_unlink(:loid) \g /dev/null
COMMIT;
SELECT 'control ok' WHERE :n = 20 * 11 + 11 + 19 AND :'start' = 'mine-name-1';
