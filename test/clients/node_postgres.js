// Counts of deleted rows as node-postgres tells them: node_postgres.js HOST PORT TENANT
const { Client } = require('pg');

const [host, port, tenant] = process.argv.slice(2);
const client = new Client({ host, port: Number(port), database: 'postgres', user: 'app', options: `-c app.tenant_id=${tenant}` });

async function main() {
	await client.connect();
	await client.query('BEGIN');
	let result = await client.query('DELETE FROM shop.items WHERE id <= 3');
	console.log('plain', result.rowCount, result.command);
	result = await client.query('DELETE FROM shop.items WHERE id <= $1', [5]);
	console.log('parameter', result.rowCount, result.command);
	result = await client.query('DELETE FROM shop.items WHERE id = 6 RETURNING id, name');
	console.log('returning', result.rowCount, JSON.stringify(result.rows));
	result = await client.query('DELETE FROM shop.items WHERE id = 6');
	console.log('none', result.rowCount, result.command);
	const counts = [];
	for (let number = 7; number < 15; number++) {
		result = await client.query({ name: 'gone', text: 'DELETE FROM shop.items WHERE id = $1', values: [number] });
		counts.push(result.rowCount);
	}
	console.log('prepared', JSON.stringify(counts));
	result = await client.query('SELECT count(*) FROM shop.items');
	console.log('left', result.rows[0].count);
	await client.query('ROLLBACK');
	await client.end();
}

main();
