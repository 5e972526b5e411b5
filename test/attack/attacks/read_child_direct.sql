-- A child by inheritance named directly (pgdoc:ddl-inherit).
SELECT * FROM shop.urgent_notes;
SELECT deadline FROM shop.urgent_notes WHERE tenant_id <> :'me';
