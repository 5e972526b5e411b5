-- 18 plans a join of a table with itself as one scan: conditions on one side meet the other's, whose filter may have moved.
CREATE FUNCTION pg_temp.told(a text, b text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS 'BEGIN RAISE NOTICE ''told % %'', a, b; RETURN true; END';
CREATE OPERATOR play.=== (FUNCTION = pg_temp.told, LEFTARG = text, RIGHTARG = text, RESTRICT = eqsel, JOIN = eqjoinsel);
SELECT a.id FROM shop.customers a JOIN shop.customers b ON a.id = b.id WHERE a.secret OPERATOR(play.===) 'x' AND b.balance > 0;
SELECT a.id FROM shop.customers a JOIN shop.customers b ON a.id = b.id WHERE b.secret OPERATOR(play.===) 'x' AND a.balance > 0;
SELECT a.id FROM shop.customers a LEFT JOIN shop.customers b ON a.id = b.id WHERE b.balance > 0 GROUP BY a.id, a.secret HAVING a.secret OPERATOR(play.===) 'x' OR a.secret LIKE '%x';
SELECT a.id FROM shop.customers a JOIN shop.customers b USING (tenant_id, id) JOIN shop.customers c USING (tenant_id, id) WHERE c.name OPERATOR(play.===) 'x';
SELECT a.id FROM shop.customers a, LATERAL (SELECT b.secret, b.balance FROM shop.customers b WHERE a.id = b.id OFFSET 0) b WHERE b.secret OPERATOR(play.===) 'x';
SELECT a.id FROM shop.owner_view a JOIN shop.customers b ON a.id = b.id WHERE a.name OPERATOR(play.===) 'x' AND b.balance > 0;
SELECT a.id FROM shop.customers a JOIN shop.customers b ON a.id = b.id WHERE shop.peek(a.secret) AND b.balance > 0;
UPDATE shop.customers u SET balance = a.balance FROM shop.customers a JOIN shop.customers b ON a.id = b.id WHERE u.id = a.id AND a.secret OPERATOR(play.===) 'x' AND b.balance > 0;
PREPARE p AS SELECT a.id FROM shop.customers a JOIN shop.customers b ON a.id = b.id WHERE a.secret OPERATOR(play.===) $1 AND b.balance > 0;
EXECUTE p ('x');
SET plan_cache_mode = force_generic_plan;
EXECUTE p ('x');
