-- Rows of no tenant, which everyone might see.
INSERT INTO shop.customers VALUES (NULL, 901, 'planted');
INSERT INTO shop.notes (tenant_id, id) VALUES (NULL, 901);
