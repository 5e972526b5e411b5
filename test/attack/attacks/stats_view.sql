-- The statistics that ANALYZE keeps of the tables (CVE-2025-8713, CVE-2024-4317).
SELECT s.* FROM pg_stats s JOIN pg_class c ON relname = tablename WHERE schemaname = 'shop' AND relkind <> 'i';
SELECT * FROM pg_stats_ext;
