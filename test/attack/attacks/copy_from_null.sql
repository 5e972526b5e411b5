-- COPY FROM with an empty or missing tenant, once the column may be null.
\set ON_ERROR_STOP off
ALTER TABLE shop.notes ALTER tenant_id DROP NOT NULL, ALTER tenant_id DROP DEFAULT;
COPY shop.notes FROM STDIN;
\N	901	planted
\.
COPY shop.notes (id, body) FROM STDIN;
902	planted
\.
COPY shop.urgent_notes FROM STDIN WITH (NULL 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa');
aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa	903	planted	now
\.
