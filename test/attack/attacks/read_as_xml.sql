-- Functions that read tables by themselves.
SELECT table_to_xml('shop.customers', true, false, '');
SELECT query_to_xml('SELECT * FROM shop.notes', true, true, '');
SELECT schema_to_xml('shop', true, false, '');
