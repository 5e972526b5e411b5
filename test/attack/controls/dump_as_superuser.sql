-- as: superuser/none bypass/none
-- pg_dump by roles that may bypass policies: every row of every tenant.
SELECT current_user AS who, current_database() AS db \gset
\setenv PGDATABASE :db
\setenv PGUSER :who
\! pg_dump -a -t shop.customers -t 'shop.orders*' | grep -c -e '-name-' -e '-item-' | sed 's/^200$/control ok/'
