-- as: owner superuser
-- A part whose policy goes by another column than its parent's.
\set ON_ERROR_ROLLBACK on
BEGIN;
CREATE TABLE play.notes_by (tenant_id uuid NOT NULL, reader uuid, id int, body text);
SELECT tenant.protect('play.notes_by', 'reader');
ALTER TABLE play.notes_by INHERIT shop.notes;
INSERT INTO play.notes_by SELECT 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 1, 'x'
	FROM pg_inherits WHERE inhrelid = 'play.notes_by'::regclass RETURNING shop.found(true);
ROLLBACK;
