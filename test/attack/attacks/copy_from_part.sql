-- COPY FROM into partitions and children, some of the rows, through views.
COPY shop.orders_2026 FROM STDIN;
bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb	901	2026-03-03	\N	planted	1
\.
COPY shop.urgent_notes FROM STDIN WITH (FORMAT csv);
bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb,901,planted,now
\.
COPY shop.orders FROM STDIN WHERE id > 0;
bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb	902	2026-03-03	\N	planted	1
\.
