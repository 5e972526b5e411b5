// Metrics as text in the format OpenMetrics 1.0. Pure C++; nothing here allocates, raises or throws, but what
// the caller's sink does. Numbers are written as Go writes them, so that a bound of a bucket is spelt as
// exporters in Go spell it.
#pragma once

#include <cstddef>
#include <string_view>

namespace pg_tenant::core {

// Where the text goes.
struct TextSink {
	void (*append)(void *target, const char *text, std::size_t size);
	void *target;
};

struct MetricFamily {
	std::string_view name;
	std::string_view type; // counter, gauge, histogram, info, …
	std::string_view unit; // empty if none; otherwise the name ends with it
	std::string_view help;
};

struct MetricLabel {
	std::string_view name;
	std::string_view value;
};

bool is_metric_name(std::string_view name) noexcept;
bool is_label_name(std::string_view name) noexcept;

// What samples follow is of this family. False, and nothing is written, if it has no valid name, or one that
// does not end with its unit.
bool write_family(const TextSink &sink, const MetricFamily &family);

// Its value; the suffix (_total, _bucket, …) goes with the type. False, and nothing is written, if a label
// has no valid name.
bool write_sample(const TextSink &sink, std::string_view family, std::string_view suffix,
				  const MetricLabel *labels, std::size_t count, double value);

// Nothing may follow.
void write_end(const TextSink &sink);

} // namespace pg_tenant::core
