-- What the neighbours have: the same before and after.
SET row_security = off;
SELECT string_agg(md5(r::text), ',' ORDER BY r::text) FROM (
	SELECT to_jsonb(t) AS r FROM things t WHERE tenant_id <> :own
	UNION ALL SELECT to_jsonb(t) FROM events t WHERE tenant_id <> :own
	UNION ALL SELECT to_jsonb(t) FROM notes t WHERE tenant_id <> :own
	UNION ALL SELECT to_jsonb(t) FROM children t WHERE tenant_id <> :own
	UNION ALL SELECT to_jsonb(t) FROM archive t WHERE tenant_id <> :own) all_rows;
