SET ROLE catalogue_owner;
SELECT tenant.protect('catalogue.packages', 'maintainer', 'text', register => true);
SELECT tenant.protect('catalogue.dependencies', 'maintainer', 'text', register => true);
