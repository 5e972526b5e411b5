-- Two ways to do the same are run in turn, in one backend, in a random order per round, and the first one
-- twice: what the two runs of it differ by is noise. See README.md.
CREATE SCHEMA bench;
CREATE TABLE bench.runs (comparison text, side text, round int, work bigint, wall_ms double precision, cpu_ms double precision);

-- CPU time of this backend.
CREATE FUNCTION bench.cpu_ms() RETURNS double precision LANGUAGE sql AS
	$$ SELECT split_part(pg_read_file('/proc/self/schedstat'), ' ', 1)::double precision / 1e6 $$;

-- base and other are commands, run as that role; before is run, not measured, before each. work says how many
-- rows or calls a command is.
CREATE PROCEDURE bench.compare(comparison text, base text, other text, before text, work bigint, rounds int, role name)
LANGUAGE plpgsql AS $$
DECLARE
	side text;
	started timestamptz;
	cpu double precision;
BEGIN
	FOR round IN 0 .. rounds LOOP
		FOR side IN SELECT s FROM unnest(ARRAY['base', 'again', 'other']) s ORDER BY random() LOOP
			EXECUTE before;
			COMMIT;
			cpu := bench.cpu_ms();
			started := clock_timestamp();
			EXECUTE format('SET ROLE %I', role);
			EXECUTE CASE side WHEN 'other' THEN other ELSE base END;
			RESET ROLE;
			INSERT INTO bench.runs VALUES (comparison, side, round, work,
				extract(epoch FROM clock_timestamp() - started) * 1000, bench.cpu_ms() - cpu);
			COMMIT;
		END LOOP;
	END LOOP;
END $$;

-- Medians; the first round warms up. Ratios are of speed, other to base: 1 is the same, less is slower.
CREATE VIEW bench.report AS
WITH medians AS (
	SELECT comparison, min(work) AS work,
		percentile_cont(0.5) WITHIN GROUP (ORDER BY cpu_ms) FILTER (WHERE side = 'base') AS base_cpu,
		percentile_cont(0.5) WITHIN GROUP (ORDER BY cpu_ms) FILTER (WHERE side = 'again') AS again_cpu,
		percentile_cont(0.5) WITHIN GROUP (ORDER BY cpu_ms) FILTER (WHERE side = 'other') AS other_cpu,
		percentile_cont(0.5) WITHIN GROUP (ORDER BY wall_ms) FILTER (WHERE side = 'base') AS base_wall,
		percentile_cont(0.5) WITHIN GROUP (ORDER BY wall_ms) FILTER (WHERE side = 'again') AS again_wall,
		percentile_cont(0.5) WITHIN GROUP (ORDER BY wall_ms) FILTER (WHERE side = 'other') AS other_wall
	FROM bench.runs WHERE round > 0 GROUP BY comparison)
SELECT comparison, round(work / base_wall * 1000) AS "base/s", round(work / other_wall * 1000) AS "other/s",
	round((base_cpu / other_cpu)::numeric, 3) AS "CPU ratio", round((base_cpu / again_cpu)::numeric, 3) AS "CPU noise",
	round((base_wall / other_wall)::numeric, 3) AS "wall ratio", round((base_wall / again_wall)::numeric, 3) AS "wall noise"
FROM medians ORDER BY comparison;
