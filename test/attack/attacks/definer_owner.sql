-- SECURITY DEFINER functions of the owner.
SELECT * FROM shop.owner_definer();
SELECT shop.owner_definer() FROM shop.countries;
