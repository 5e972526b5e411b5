-- The tenant changed by a COPY FROM's own condition, or by a default.
COPY shop.customers FROM STDIN WHERE set_config('app.tenant_id', 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', true) <> '';
aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa	901	first	x	1
bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb	902	planted	x	1
\.
COPY shop.ledger FROM STDIN WHERE tenant_id IS NOT NULL;
bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb	903	planted	1
\.
COPY shop.ledger_other FROM STDIN;
bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb	904	planted	1
\.
