-- plpgsql with dynamic and static statements.
DO $$BEGIN UPDATE shop.customers SET name = 'taken' WHERE id > 20; EXECUTE 'DELETE FROM shop.notes WHERE id > 20';
	INSERT INTO shop.items (tenant_id, id) VALUES ('bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', 901); END$$;
