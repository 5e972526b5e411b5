-- COPY FROM with an empty or missing tenant.
COPY shop.customers (id, name) FROM STDIN WITH (FREEZE);
903	fine
\.
COPY shop.notes FROM STDIN;
\N	901	planted
\.
