-- as: owner superuser
-- Statistics of one's own making.
CREATE STATISTICS play.pairs (mcv) ON name, secret FROM shop.customers;
CREATE STATISTICS play.expressions ON (secret || name), (balance + 1) FROM shop.customers;
CREATE INDEX lower_name ON shop.customers (lower(name));
ANALYZE shop.customers;
SELECT most_common_vals FROM pg_stats_ext;
SELECT most_common_vals, histogram_bounds FROM pg_stats_ext_exprs;
SELECT histogram_bounds FROM pg_stats WHERE tablename = 'lower_name';
SELECT m.* FROM pg_statistic_ext_data, pg_mcv_list_items(stxdmcv) m;
