-- Neighbours get values that occur nowhere else, not even in the source of a function.
SET row_security = off;
SET fuzz.blind = yes;
UPDATE things SET word = 'canary word', ci = 'canary', doc = '{"k": "canary"}', digits = 'canary 7', data = '{"k": "canary", "n": "canary"}',
	tags = '{canary}', words = to_tsvector('simple', 'canary'), h = 'k => canary', path = 'canary.b' WHERE tenant_id <> :own AND id % 4 < 2;
UPDATE events SET word = 'canary event', digits = 'canary 8' WHERE tenant_id <> :own AND id % 4 < 2;
UPDATE notes SET word = 'canary note', doc = 'canary', data = '"canary"', tags = '{canary}' WHERE tenant_id <> :own AND id % 4 < 2;
UPDATE children SET word = 'canary child' WHERE tenant_id <> :own AND id % 4 < 2;
UPDATE archive SET word = 'canary archive' WHERE tenant_id <> :own AND id % 4 < 2;
ANALYZE;
-- Writing to that table compares what is new with what neighbours have, in indexes of a superuser's operator class (see ../fuzz/keys.sql).
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE 'only read it'; END$$;
CREATE TRIGGER refuse BEFORE INSERT OR UPDATE OR DELETE ON archive EXECUTE FUNCTION refuse();
