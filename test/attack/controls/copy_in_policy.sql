-- as: superuser owner
-- COPY FROM where the owner has a policy of its own.
CREATE POLICY positive ON shop.notes AS RESTRICTIVE FOR INSERT WITH CHECK (id > 0);
COPY shop.notes (id, body) FROM STDIN;
500	five hundred
\.
DROP POLICY positive ON shop.notes;
SELECT 'control ok' FROM shop.notes WHERE id = 500 AND tenant_id = :'me' HAVING count(*) = 1;
