# Part 1: a shop. Sourced by run.
# shellcheck shell=bash disable=SC2154  # here, work and the answers are of the other files

orders_query='SELECT count(*), sum(total) FROM shop.orders;'
# Asks for everybody's orders; each tenant must be answered with one line, its own.
per_tenant_query='SELECT tenant.current_id(), count(*), sum(total) FROM shop.orders GROUP BY tenant_id;'

shop() {
	say
	title "Part 1: a shop"
	step "creating the extension and the tenants" load postgres "$here/shop/tenants.sql"
	step "making the shop's tables, which know nothing of pg_tenant" load shop "$here/shop/tables.sql"
	step "loading customers and products" load shop "$here/shop/customers_products.sql"
	step "loading order lines, partitioned by month" load shop "$here/shop/order_lines.sql"
	step "loading orders" load shop "$here/shop/orders.sql"
	step "adding primary and foreign keys" load shop "$here/shop/keys.sql"
	whole_truth -d shop -A -t -F $'\t' \
		-c 'SELECT tenant_id, count(*), sum(total) FROM shop.orders GROUP BY tenant_id' >"$work/orders.expected"
	step "adopting the four tables, as their owner" load shop "$here/shop/adopt.sql"
	show_adoption shop_owner "$here/shop/adopt.sql"

	big=$(tenant_of_rank 1)
	small=$(tenant_of_rank 200)
	open_session shop shop_app
	scene_two_tenants
	scene_insert
	scene_other_tenant
	scene_no_tenant
	scene_suspended
	close_session
	open_session shop postgres
	scene_superuser
	scene_copy
	scene_truncate
	scene_check
	close_session
}

tenant_of_rank() { quiet_psql -d shop -A -t -c "SELECT tenant_id FROM demo.tenants WHERE rank = $1"; }
name_of() { quiet_psql -d shop -A -t -c "SELECT name FROM tenant.tenants WHERE tenant_id = '$1'"; }

scene_two_tenants() {
	local tenant count
	heading "Two tenants, the same SQL, each its own answer: $(name_of "$big") and $(name_of "$small")"
	for tenant in "$big" "$small"; do
		ask "SET app.tenant_id = '$tenant';"
		ask "$orders_query"
		expect_orders_of "$tenant"
	done
	ask_every_tenant shop shop_app "$per_tenant_query" <"$work/orders.expected" >"$work/orders.seen"
	count=$(differences "$work/orders.expected" "$work/orders.seen")
	if [ "$count" != 0 ]; then
		fail "$count lines differ between $work/orders.expected, counted before the adoption, and orders.seen"
	fi
	success "each of the $(wc -l <"$work/orders.expected") tenants sees exactly the orders that it had before the adoption"
}

expect_orders_of() {
	local truth
	truth=$(whole_truth -d shop -c "${orders_query%;} WHERE tenant_id = '$1'")
	expect_state 00000
	expect_answer "$truth"
}

scene_insert() {
	heading "An insert needs no tenant_id"
	ask "INSERT INTO shop.customers (name, email) VALUES ('Ada', 'ada@example.org') RETURNING tenant_id, name;"
	expect_state 00000
	expect_answer "$small | Ada"
	expect_rows_named Ada 1
}

scene_other_tenant() {
	heading "A write for another tenant is refused"
	ask "INSERT INTO shop.customers (tenant_id, name, email) VALUES ('$big', 'Eve', 'eve@example.org');"
	expect_state 42501
	expect_rows_named Eve 0
}

expect_rows_named() {
	local rows
	rows=$(whole_truth -d shop -A -t -c "SELECT count(*) FROM shop.customers WHERE name = '$1'")
	if [ "$rows" != "$2" ]; then
		fail "$2 customers named $1 were expected in the table, not $rows"
	fi
}

scene_no_tenant() {
	heading "No tenant is an error that says what to do, not an empty answer"
	ask "RESET app.tenant_id;"
	ask "$orders_query"
	expect_state TN001
	expect_answer "HINT: "
}

scene_suspended() {
	heading "A suspended tenant is cut off in a session that is already open"
	ask "SET app.tenant_id = '$small';"
	ask "$orders_query"
	expect_orders_of "$small"
	operator "SELECT tenant.suspend('$small', 'the bill is not paid');"
	ask "$orders_query"
	expect_state TN003
	operator "SELECT tenant.resume('$small');"
	ask "$orders_query"
	expect_orders_of "$small"
}

operator() {
	typed shop_operator "$1"
	quiet_psql -d shop -U shop_operator -c "$1" >/dev/null
}

scene_superuser() {
	heading "A superuser is confined too, and so is a view of his"
	ask "SET app.tenant_id = '$small';"
	ask "$orders_query"
	expect_orders_of "$small"
	ask "CREATE VIEW shop.every_order AS SELECT * FROM shop.orders;"
	ask "${orders_query/shop.orders/shop.every_order}"
	expect_orders_of "$small"
	ask "SET row_security = off;"
	ask "$orders_query"
	expect_answer "$(whole_truth -d shop -c "$orders_query")"
	ask "RESET row_security;"
}

scene_copy() {
	heading "COPY, out and in"
	ask "COPY shop.customers TO '/dev/null';"
	expect_answer "COPY $(whole_truth -d shop -A -t -c "SELECT count(*) FROM shop.customers WHERE tenant_id = '$small'")"
	ask $'COPY shop.customers (name, email) FROM STDIN;\nGrace\tgrace@example.org\n\\.'
	expect_answer "COPY 1"
	expect_rows_named Grace 1
	ask $'COPY shop.customers (tenant_id, name, email) FROM STDIN;\n'"$big"$'\tMallory\tmallory@example.org\n\\.'
	# psql does not set SQLSTATE for what the server says after the data.
	expect_answer "ERROR: 42501"
	expect_rows_named Mallory 0
}

scene_truncate() {
	heading "TRUNCATE would empty the table for all 200"
	ask "TRUNCATE shop.order_lines;"
	expect_state TN006
	expect_answer "HINT: "
}

scene_check() {
	heading "A table that was forgotten is found, with the SQL that mends it"
	ask "CREATE TABLE shop.coupons (tenant_id uuid, code text);"
	ask "SELECT severity, code, fix FROM tenant.check() WHERE object = 'shop.coupons';"
	expect_answer "critical | unprotected_table | SELECT tenant.protect('shop.coupons', 'tenant_id', 'uuid');"
	ask "SELECT tenant.protect('shop.coupons', 'tenant_id', 'uuid');"
	ask "SELECT count(*) FROM tenant.check() WHERE object = 'shop.coupons';"
	expect_answer "0"
}
