-- LATERAL and correlated sub-selects.
SELECT x.* FROM shop.countries, LATERAL (SELECT * FROM shop.customers WHERE name <> code) x;
SELECT code, (SELECT string_agg(secret, ',') FROM shop.customers WHERE code <> name) FROM shop.countries;
SELECT ARRAY(SELECT name FROM shop.customers);
