-- Arrays.
SELECT unnest(tags) FROM shop.items;
SELECT t FROM shop.items, unnest(tags) t WHERE 'tag' = ANY (tags);
