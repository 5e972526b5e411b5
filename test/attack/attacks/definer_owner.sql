-- SECURITY DEFINER functions of the owner. With FORCE row-level security alone holds too; without it, our hook would (sql/00_fixture tests FORCE).
SELECT * FROM shop.owner_definer();
SELECT shop.owner_definer() FROM shop.countries;
