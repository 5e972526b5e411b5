-- COPY FROM with rows of another tenant.
COPY shop.customers FROM STDIN;
bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb	901	planted	x	1
\.
COPY shop.notes FROM STDIN;
aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa	901	mine
cccccccc-cccc-4ccc-8ccc-cccccccccccc	901	planted
\.
