-- Sub-transactions: what fails is caught, and what is read is shown.
DO $$DECLARE t text; BEGIN
	BEGIN PERFORM 1 / 0; EXCEPTION WHEN division_by_zero THEN SELECT string_agg(name, ',') INTO t FROM shop.customers; RAISE NOTICE '%', t; END;
	BEGIN SELECT name INTO STRICT t FROM shop.customers; EXCEPTION WHEN OTHERS THEN RAISE NOTICE '% %', SQLERRM, t; END; END$$;
