-- A superuser's function that writes.
SELECT shop.super_update();
SELECT shop.super_delete();
