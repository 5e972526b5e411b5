-- A database of another product: its tenants are texts that nobody made up for it. Loaded as it comes, keys afterwards.
CREATE DATABASE catalogue;
\connect catalogue
CREATE EXTENSION pg_tenant;
CREATE ROLE catalogue_owner IN ROLE tenant_admin;
CREATE ROLE catalogue_app LOGIN NOSUPERUSER NOBYPASSRLS;
CREATE SCHEMA catalogue AUTHORIZATION catalogue_owner;
GRANT USAGE ON SCHEMA catalogue TO catalogue_app;
SET ROLE catalogue_owner;
ALTER DEFAULT PRIVILEGES IN SCHEMA catalogue GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO catalogue_app;

CREATE TABLE catalogue.packages (
    maintainer   text NOT NULL,
    package_id   int NOT NULL,
    name         text NOT NULL,
    version      text NOT NULL,
    architecture text,
    section      text,
    installed_kb bigint
);

CREATE TABLE catalogue.dependencies (
    maintainer text NOT NULL,
    package_id int NOT NULL,
    kind       text NOT NULL,
    target     text NOT NULL,
    version    text
);
RESET ROLE;
