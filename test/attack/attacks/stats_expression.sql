-- The statistics that ANALYZE keeps of the expressions of an index (CVE-2025-8713).
SELECT most_common_vals, histogram_bounds FROM pg_stats WHERE tablename = 'items_sku';
