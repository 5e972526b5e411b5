-- Triggers that COPY FROM fires tell what they see.
CREATE FUNCTION play.spy() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE NOTICE 'spied: %', (SELECT string_agg(secret || balance, ' ') FROM shop.customers);
	RETURN NEW;
END$$;
CREATE TRIGGER spy BEFORE INSERT ON shop.notes FOR EACH ROW EXECUTE FUNCTION play.spy();
CREATE TRIGGER spy_first BEFORE INSERT ON shop.notes EXECUTE FUNCTION play.spy();
CREATE TRIGGER spy_last AFTER INSERT ON shop.notes EXECUTE FUNCTION play.spy();
COPY shop.notes (id, body) FROM STDIN;
901	mine
\.
DROP TRIGGER spy ON shop.notes;
DROP TRIGGER spy_first ON shop.notes;
DROP TRIGGER spy_last ON shop.notes;
