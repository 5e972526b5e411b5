\copy catalogue.packages FROM 'packages.tsv'
\copy catalogue.dependencies FROM 'dependencies.tsv'

SET ROLE catalogue_owner;
ALTER TABLE catalogue.packages ADD PRIMARY KEY (maintainer, package_id);
ALTER TABLE catalogue.dependencies ADD FOREIGN KEY (maintainer, package_id) REFERENCES catalogue.packages;
CREATE INDEX ON catalogue.dependencies (maintainer, package_id);
ANALYZE catalogue.packages, catalogue.dependencies;
