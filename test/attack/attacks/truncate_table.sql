-- TRUNCATE empties all tenants (OWN).
TRUNCATE shop.items;
TRUNCATE shop.customers CASCADE;
TRUNCATE ONLY shop.notes;
