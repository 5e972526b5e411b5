-- SECURITY DEFINER functions of the owner. With FORCE row-level security alone holds too: the mutation "policy not forced, attacked" shows
-- that this would notice.
SELECT * FROM shop.owner_definer();
SELECT shop.owner_definer() FROM shop.countries;
