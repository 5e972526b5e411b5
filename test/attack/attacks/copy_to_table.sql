-- COPY TO of tables, partitions and children.
COPY shop.customers TO STDOUT;
COPY shop.items (data) TO STDOUT WITH (FORMAT csv);
COPY shop.notes TO STDOUT;
COPY shop.urgent_notes TO STDOUT;
COPY shop.orders_2026 TO STDOUT;
\copy shop.orders_2025 TO STDOUT
