-- as: app
-- pg_dump --enable-row-security by an ordinary role: its tenant's rows.
SELECT current_user AS who, current_database() AS db \gset
\setenv PGDATABASE :db
\setenv PGUSER :who
\! pg_dump -a --enable-row-security -t shop.customers | grep -c -e '-name-' | sed 's/^20$/control ok/'
