#include "plot.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "figures.hpp"
#include "statistics.hpp"

namespace bench {

namespace {

using nlohmann::json;

constexpr int kLeft = 130;
constexpr int kWidth = 700;
constexpr int kTop = 60;
constexpr int kLine = 16;
constexpr double kLeast = 0.5;
constexpr double kMost = 256;
constexpr std::array<const char *, 8> kColours = {"#000000", "#999999", "#0a7d33", "#d62728",
												  "#ff7f0e", "#e377c2", "#1f77b4", "#9467bd"};

double place(double ratio) {
	return kLeft + kWidth * std::log2(std::clamp(ratio, kLeast, kMost) / kLeast) / std::log2(kMost / kLeast);
}

void write_text(std::ostream &out, double x, double y, const std::string &anchor, const std::string &text) {
	out << "<text x='" << x << "' y='" << y << "' text-anchor='" << anchor << "'>" << text << "</text>\n";
}

void write_axis(std::ostream &out, int bottom) {
	for (double ratio = kLeast; ratio <= kMost; ratio *= 2) {
		const double x = std::round(place(ratio));
		out << "<line x1='" << x << "' x2='" << x << "' y1='" << kTop << "' y2='" << bottom << "' stroke='"
			<< (ratio == 1 ? "#000" : "#ddd") << "'/>\n";
		std::array<char, 16> label{};
		std::snprintf(label.data(), label.size(), "%g", ratio);
		write_text(out, x, kTop - 6, "middle", label.data());
	}
}

void write_legend(std::ostream &out, const json &columns) {
	int x = 10;
	for (std::size_t c = 1; c < columns.size(); c++) {
		const std::string title = columns[c].at("title");
		out << "<circle cx='" << x << "' cy='16' r='4' fill='" << kColours[c % kColours.size()] << "'/>\n";
		write_text(out, x + 8, 20, "start", title);
		x += 24 + static_cast<int>(title.size()) * 6;
	}
	write_text(out, kLeft + kWidth / 2, 38, "middle", "CPU time, the hand-written query being 1");
}

} // namespace

void write_plot(const json &figures, std::ostream &out) {
	const std::vector<std::string> shapes = shapes_of(figures);
	const json &columns = figures.at("columns");
	const int bottom = kTop + kLine * static_cast<int>(shapes.size());
	out << "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 " << kLeft + kWidth + 20 << " "
		<< bottom + 10
		<< "' font-family='sans-serif' font-size='11'>\n<rect width='100%' height='100%' fill='#fff'/>\n";
	write_legend(out, columns);
	write_axis(out, bottom);
	for (std::size_t s = 0; s < shapes.size(); s++) {
		const int y = kTop + kLine * static_cast<int>(s) + kLine / 2;
		write_text(out, kLeft - 8, y + 4, "end", shapes[s]);
		out << "<line x1='" << kLeft << "' x2='" << kLeft + kWidth << "' y1='" << y << "' y2='" << y
			<< "' stroke='#eee'/>\n";
		// pg_tenant last, above the others.
		for (std::size_t c = columns.size() - 1; c > 0; c--) {
			const std::vector<double> values = ratios(figures, columns[c].at("name"), of_shape(shapes[s]));
			if (!values.empty())
				out << "<circle cx='" << std::round(place(geometric_mean(values)) * 10) / 10 << "' cy='" << y
					<< "' r='" << (columns[c].at("name") == "pg_tenant" ? 5 : 3.5) << "' fill='"
					<< kColours[c % kColours.size()] << "'/>\n";
		}
	}
	out << "</svg>\n";
}

} // namespace bench
