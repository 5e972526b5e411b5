-- as: app owner none
-- A function that reads all tables of the database by itself.
SELECT database_to_xml(true, false, '');
