-- Rows of no tenant, which everyone might see, once the column may be null.
ALTER TABLE shop.notes ALTER tenant_id DROP NOT NULL;
INSERT INTO shop.notes (tenant_id, id) VALUES (NULL, 901);
INSERT INTO shop.urgent_notes SELECT NULL, 902, 'planted', 'now';
UPDATE shop.notes SET tenant_id = NULL;
INSERT INTO shop.customers VALUES (NULL, 901, 'planted');
