-- as: owner superuser
-- Columns of domains, enums, composites and arrays of them, added, written and read.
CREATE TYPE play.mood AS ENUM ('good', 'bad');
CREATE DOMAIN play.positive AS int CHECK (VALUE > 0);
CREATE TYPE play.pair AS (a int, b text);
ALTER TABLE shop.notes ADD COLUMN mood play.mood DEFAULT 'good', ADD COLUMN score play.positive, ADD COLUMN pairs play.pair[], ADD COLUMN span tsrange;
UPDATE shop.notes SET score = id, pairs = ARRAY[(1, body)::play.pair], span = '[2026-01-01,2026-02-01)' WHERE id <= 20;
SELECT 'control ok' FROM shop.notes WHERE mood = 'good' AND score > 5 AND (pairs[1]).b LIKE 'mine%' AND span @> '2026-01-15'::timestamp HAVING count(*) = 15;
