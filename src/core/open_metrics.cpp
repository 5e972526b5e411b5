#include "core/open_metrics.hpp"

#include <charconv>
#include <cmath>

namespace pg_tenant::core {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

bool is_name(std::string_view name, bool may_have_colon) {
	if (name.empty() || (name[0] >= '0' && name[0] <= '9'))
		return false;
	for (const char c : name) {
		if (!is_letter(c) && !(c >= '0' && c <= '9') && !(may_have_colon && c == ':'))
			return false;
	}
	return true;
}

// The unit is not all of the name.
bool ends_with_unit(std::string_view name, std::string_view unit) {
	return name.size() > unit.size() + 1 && name.substr(name.size() - unit.size()) == unit &&
		   name[name.size() - unit.size() - 1] == '_';
}

void put(const TextSink &sink, std::string_view text) { sink.append(sink.target, text.data(), text.size()); }

// Labels and help alike.
void put_escaped(const TextSink &sink, std::string_view text) {
	std::size_t from = 0;
	for (std::size_t i = 0; i < text.size(); i++) {
		const char c = text[i];
		if (c != '\\' && c != '"' && c != '\n')
			continue;
		put(sink, text.substr(from, i - from));
		put(sink, c == '\n' ? "\\n" : c == '"' ? "\\\"" : "\\\\");
		from = i + 1;
	}
	put(sink, text.substr(from));
}

void put_number(const TextSink &sink, double value) {
	if (std::isnan(value)) {
		put(sink, "NaN");
		return;
	}
	if (std::isinf(value)) {
		put(sink, value > 0 ? "+Inf" : "-Inf");
		return;
	}
	char text[32]; // the longest takes 24
	const double size = std::fabs(value);
	const auto format =
		size != 0 && (size < 1e-4 || size >= 1e21) ? std::chars_format::scientific : std::chars_format::fixed;
	const auto end = std::to_chars(text, text + sizeof(text), value, format);
	put(sink, {text, static_cast<std::size_t>(end.ptr - text)});
}

void put_line(const TextSink &sink, std::string_view keyword, std::string_view name, std::string_view text) {
	put(sink, keyword);
	put(sink, name);
	put(sink, " ");
	put_escaped(sink, text);
	put(sink, "\n");
}

} // namespace

bool is_metric_name(std::string_view name) noexcept { return is_name(name, true); }

bool is_label_name(std::string_view name) noexcept { return is_name(name, false); }

bool write_family(const TextSink &sink, const MetricFamily &family) {
	if (!is_metric_name(family.name) || (!family.unit.empty() && !ends_with_unit(family.name, family.unit)))
		return false;
	put_line(sink, "# TYPE ", family.name, family.type);
	if (!family.unit.empty())
		put_line(sink, "# UNIT ", family.name, family.unit);
	put_line(sink, "# HELP ", family.name, family.help);
	return true;
}

bool write_sample(const TextSink &sink, std::string_view family, std::string_view suffix,
				  const MetricLabel *labels, std::size_t count, double value) {
	for (std::size_t i = 0; i < count; i++) {
		if (!is_label_name(labels[i].name))
			return false;
	}
	put(sink, family);
	put(sink, suffix);
	for (std::size_t i = 0; i < count; i++) {
		put(sink, i == 0 ? "{" : ",");
		put(sink, labels[i].name);
		put(sink, "=\"");
		put_escaped(sink, labels[i].value);
		put(sink, "\"");
	}
	put(sink, count == 0 ? " " : "} ");
	put_number(sink, value);
	put(sink, "\n");
	return true;
}

void write_end(const TextSink &sink) { put(sink, "# EOF\n"); }

} // namespace pg_tenant::core
