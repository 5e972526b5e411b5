-- A type with a check that tells its values, and a cast (MaterializeInc/materialize PR #38561).
CREATE DOMAIN play.told AS text CHECK (shop.peek(VALUE));
SELECT id FROM shop.customers WHERE name::play.told = 'x';
SELECT id FROM shop.customers WHERE CAST(secret AS play.told) IS NOT NULL;
DROP DOMAIN play.told;
