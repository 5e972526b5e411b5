-- Copies into tables of one's own.
CREATE TEMP TABLE copy AS TABLE shop.customers;
TABLE copy;
SELECT * INTO TEMP copy2 FROM shop.orders;
TABLE copy2;
