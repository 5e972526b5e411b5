-- The shop of which the benchmark asks. {tenant} is the tenant column where the tables have one, {column} the same in
-- a list, {by tenant}, {by hash}, {by month} how the tables are partitioned in this column of the benchmark.
CREATE TABLE items ({tenant} id bigint NOT NULL, category_id int NOT NULL, name text NOT NULL, status item_status NOT NULL,
	amount numeric(10, 2) NOT NULL, created_at timestamptz NOT NULL, body tsvector NOT NULL, tags text[] NOT NULL,
	attributes jsonb NOT NULL, valid tstzrange NOT NULL, code citext NOT NULL, extra hstore NOT NULL) {by tenant};
CREATE TABLE categories ({tenant} id int NOT NULL, parent_id int, name text NOT NULL) {by tenant};
CREATE TABLE customers ({tenant} id bigint NOT NULL, name text NOT NULL, region int NOT NULL) {by tenant};
CREATE TABLE orders ({tenant} id bigint NOT NULL, customer_id bigint NOT NULL, placed_at timestamptz NOT NULL) {by tenant};
CREATE TABLE order_lines ({tenant} order_id bigint NOT NULL, line int NOT NULL, item_id bigint NOT NULL, quantity int NOT NULL,
	price numeric(10, 2) NOT NULL) {by tenant};
-- What the shapes that write do write.
CREATE TABLE stock ({tenant} item_id bigint NOT NULL, quantity int NOT NULL, price numeric(10, 2) NOT NULL,
	note text NOT NULL DEFAULT '') {by tenant};
CREATE TABLE trimmed ({tenant} item_id bigint NOT NULL, quantity int NOT NULL, price numeric(10, 2) NOT NULL,
	note text NOT NULL DEFAULT '') {by tenant};
CREATE TABLE remarks ({tenant} id bigint NOT NULL, order_id bigint NOT NULL, body text NOT NULL) {by tenant};
CREATE TABLE hashed ({tenant} id bigint NOT NULL, name text NOT NULL, amount numeric(10, 2) NOT NULL) {by hash};
CREATE TABLE events ({tenant} id bigint NOT NULL, kind int NOT NULL, amount int NOT NULL, created_at timestamptz NOT NULL) {by month};
CREATE VIEW dear_items WITH (security_invoker = true) AS
	SELECT {column} id, name, amount, created_at FROM items WHERE amount > 9000;
