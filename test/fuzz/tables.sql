-- The tables and what reads them; :tenant is what their tenant column is by default.
SET SESSION AUTHORIZATION fuzz_owner;
CREATE TABLE things (tenant_id uuid NOT NULL DEFAULT :tenant, id int, parent int, amount int, big bigint, n numeric, word text, ci citext, digits text, doc text,
	colour colour, data jsonb, tags text[], nums int[], span int4range, words tsvector, net inet, h hstore, path ltree, at timestamptz, day date,
	PRIMARY KEY (tenant_id, id));
CREATE TABLE events (tenant_id uuid NOT NULL DEFAULT :tenant, id int NOT NULL, parent int, amount int, n numeric, word text, digits text, colour colour, net inet,
	deleted_at timestamptz, UNIQUE (tenant_id, id)) PARTITION BY RANGE (id);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (MINVALUE) TO (13);
CREATE TABLE events_2 (word text, junk int, deleted_at timestamptz, colour colour, n numeric, net inet, digits text, amount int, parent int, id int NOT NULL,
	tenant_id uuid NOT NULL DEFAULT :tenant);
ALTER TABLE events_2 DROP junk;
ALTER TABLE events ATTACH PARTITION events_2 FOR VALUES FROM (13) TO (MAXVALUE);
CREATE TABLE notes (tenant_id uuid NOT NULL DEFAULT :tenant, id int, parent int, amount int, word text, doc text, tags text[], data jsonb, deleted_at timestamptz);
CREATE TABLE more_notes (extra text) INHERITS (notes);
CREATE TABLE children (tenant_id uuid NOT NULL DEFAULT :tenant, id int NOT NULL, parent int, amount int, word text, deleted_at timestamptz, UNIQUE (tenant_id, id));
CREATE TABLE archive (tenant_id uuid NOT NULL DEFAULT :tenant, id int, parent int, amount int, word text, digits text, n numeric);
CREATE INDEX ON things (n);
CREATE INDEX ON things (colour);
CREATE INDEX ON things (amount) INCLUDE (word);
CREATE INDEX ON things USING hash (digits);
CREATE INDEX ON things (tenant_id, word text_pattern_ops);
CREATE INDEX ON things USING gin (word gin_trgm_ops);
CREATE INDEX ON things USING gist (word gist_trgm_ops);
CREATE INDEX ON things USING gin (data);
CREATE INDEX ON things USING gin (data jsonb_path_ops);
CREATE INDEX ON things USING gin (tags);
CREATE INDEX ON things USING gin (nums);
CREATE INDEX ON things USING gin (words);
CREATE INDEX ON things USING gin (h);
CREATE INDEX ON things USING gist (span);
CREATE INDEX ON things USING gist (path);
CREATE INDEX ON things USING gist (net inet_ops);
CREATE INDEX ON things USING spgist (word);
CREATE INDEX ON things (ci);
CREATE INDEX ON things ((data ->> 'n'));
CREATE INDEX ON things (parent) WHERE amount > 5;
CREATE INDEX ON events (n);
CREATE INDEX ON events (parent, amount);
CREATE INDEX ON events (tenant_id, word);
CREATE INDEX ON notes USING brin (word);
CREATE INDEX ON children (parent);
CREATE STATISTICS things_two (dependencies, ndistinct, mcv) ON parent, amount FROM things;
CREATE VIEW plain_view AS SELECT id, parent, amount, n, word, colour, digits FROM things;
CREATE VIEW invoker_view WITH (security_invoker) AS SELECT * FROM things WHERE length(word) > 2;
CREATE VIEW barrier_view WITH (security_barrier) AS SELECT * FROM things WHERE amount > 20;
CREATE VIEW joined_view AS
	SELECT t.id, e.parent, t.amount, e.n, t.word || '.' AS word, t.colour FROM things t LEFT JOIN events e USING (id);
CREATE VIEW union_view AS SELECT id, parent, amount, word FROM things UNION ALL SELECT id, parent, amount, word FROM notes;
CREATE VIEW grouped_view AS SELECT min(id) AS id, parent, sum(amount)::int AS amount, max(word) AS word FROM events GROUP BY parent;
CREATE VIEW ranked_view AS SELECT id, parent, amount, word, rank() OVER (PARTITION BY parent ORDER BY amount) AS place FROM things;
CREATE FUNCTION inlined(lowest int) RETURNS TABLE (id int, parent int, amount int, word text) LANGUAGE sql STABLE AS
	'SELECT id, parent, amount, word FROM things WHERE amount >= lowest';
CREATE FUNCTION touched() RETURNS trigger LANGUAGE plpgsql AS
	'BEGIN UPDATE notes SET amount = amount + 1 WHERE id = NEW.id; RETURN NULL; END';
CREATE TRIGGER touched AFTER UPDATE OF colour ON events FOR EACH ROW WHEN (spy(NEW.word) OR true) EXECUTE FUNCTION touched();
GRANT ALL ON ALL TABLES IN SCHEMA public TO fuzz_app, fuzz_bypass;
RESET SESSION AUTHORIZATION;
CREATE VIEW super_view AS SELECT * FROM things;
CREATE VIEW bypass_view AS SELECT * FROM events;
ALTER VIEW bypass_view OWNER TO fuzz_bypass;
GRANT ALL ON super_view, bypass_view TO PUBLIC;
CREATE FUNCTION definer(lowest int) RETURNS TABLE (id int, parent int, amount int, word text) LANGUAGE sql STABLE SECURITY DEFINER AS
	'SELECT id, parent, amount, word FROM public.events WHERE amount >= lowest';
