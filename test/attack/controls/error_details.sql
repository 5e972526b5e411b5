-- as: app owner superuser
-- Errors of one's own rows and of other tables say what they say.
CREATE TABLE play.codes (code int PRIMARY KEY);
INSERT INTO play.codes VALUES (1);
DO $$
DECLARE said text;
BEGIN
	BEGIN
		INSERT INTO play.codes VALUES (1);
	EXCEPTION WHEN unique_violation THEN
		GET STACKED DIAGNOSTICS said = PG_EXCEPTION_DETAIL;
		ASSERT said = 'Key (code)=(1) already exists.', said;
	END;
	BEGIN
		INSERT INTO shop.customers (id) VALUES (1);
	EXCEPTION WHEN unique_violation THEN
		GET STACKED DIAGNOSTICS said = CONSTRAINT_NAME;
		ASSERT said = 'customers_pkey', said;
	END;
END$$;
SELECT 'control ok';
