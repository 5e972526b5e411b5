#include "stats/named.hpp"

#include <algorithm>

namespace pg_tenant::stats {
namespace {

bool has_used_more(const Row &a, const Row &b) {
	if (a.counted.values[kMicroseconds] != b.counted.values[kMicroseconds])
		return a.counted.values[kMicroseconds] > b.counted.values[kMicroseconds];
	return strcmp(a.key.text, b.key.text) < 0;
}

// The numbers of the rows of tenants that can have names: it is their entries that say so.
int list_tenants(const Row *rows, int count, int *order) {
	int listed = 0;
	for (int i = 0; i < count; i++) {
		if (is_tenant(rows[i].key) && find_entry(rows[i].key) != nullptr)
			order[listed++] = i;
	}
	return listed;
}

void rename(const Row &row, bool is_named, Entry *balance) {
	Entry *entry = find_entry(row.key);
	if (entry == nullptr || entry->is_named == is_named)
		return;
	entry->is_named = is_named;
	if (balance == nullptr)
		return;
	if (is_named)
		add_counts(&balance->counted, row.counted);
	else
		subtract_counts(&balance->counted, row.counted);
}

void add_to_row(Row *sum, const Row &more) {
	add_counters(&sum->counted, more.counted);
	sum->sessions += more.sessions;
	sum->running += more.running;
}

} // namespace

int name_most_used(Row *rows, int count, int most, int *order) {
	const Key key = balance_of(nobody_here().database);
	// Nobody has seen yet what all others come to, when there is none.
	Entry *balance = find_entry(key);
	const Entry *made = balance != nullptr ? balance : enter(key);
	const int listed = list_tenants(rows, count, order);
	const int named = made == nullptr ? 0 : Min(most, listed);
	std::partial_sort(order, order + named, order + listed,
					  [rows](int a, int b) { return has_used_more(rows[a], rows[b]); });
	for (int i = 0; i < named; i++)
		rows[order[i]].is_named = true;
	Row others = {nobody_here(), {}, 0, 0, false};
	int kept = 0;
	for (int i = 0; i < count; i++) {
		rename(rows[i], rows[i].is_named, balance);
		if (rows[i].is_named)
			rows[kept++] = rows[i];
		else
			add_to_row(&others, rows[i]);
	}
	if (balance != nullptr)
		add_counts(&others.counted, balance->counted);
	rows[kept++] = others;
	return kept;
}

void note_lost(const Entry &entry) {
	Entry *balance = entry.is_named ? find_entry(balance_of(entry.key.database)) : nullptr;
	if (balance != nullptr)
		subtract_counts(&balance->counted, entry.counted);
}

void note_forgotten(const Key &key, const Counters &counted) {
	const Entry *entry = find_entry(key);
	Entry *balance = find_entry(balance_of(key.database));
	if (balance != nullptr && (entry == nullptr || !entry->is_named))
		add_counts(&balance->counted, counted);
}

} // namespace pg_tenant::stats
