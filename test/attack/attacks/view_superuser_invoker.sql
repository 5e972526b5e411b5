-- A superuser's security_invoker view over a superuser's view that is none, and the other way round; MERGE and rules through them.
SET client_min_messages = warning;
SELECT shop.super_run('CREATE OR REPLACE VIEW play.invoker WITH (security_invoker) AS SELECT * FROM shop.super_view') \g /dev/null
SELECT shop.super_run('CREATE OR REPLACE VIEW play.above AS SELECT * FROM play.invoker JOIN shop.invoker_view USING (tenant_id, id)') \g /dev/null
SELECT shop.super_run('GRANT ALL ON play.invoker, play.above TO PUBLIC') \g /dev/null
SELECT * FROM play.invoker;
SELECT * FROM play.above;
UPDATE play.invoker SET name = 'taken' WHERE tenant_id <> :'me' RETURNING *;
