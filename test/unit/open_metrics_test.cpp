#include "core/open_metrics.hpp"

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <map>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

using namespace pg_tenant::core;

namespace {

using Labels = std::vector<std::pair<std::string, std::string>>;

struct Sample {
	std::string name;
	Labels labels;
	std::string value;
};

struct Parsed {
	std::map<std::string, std::string> types, units, helps;
	std::vector<Sample> samples;
	bool is_ended = false;
};

TextSink into(std::string *text) {
	return {[](void *target, const char *from, std::size_t size) {
				static_cast<std::string *>(target)->append(from, size);
			},
			text};
}

// A small parser of the format, as strict as its grammar.
class Parser {
  public:
	explicit Parser(std::string text) : text_(std::move(text)) {}

	Parsed parse() {
		Parsed parsed;
		while (at_ < text_.size()) {
			if (parsed.is_ended)
				throw std::runtime_error("text after the end");
			if (text_.compare(at_, 6, "# EOF\n") == 0) {
				at_ += 6;
				parsed.is_ended = true;
			} else if (text_[at_] == '#') {
				descriptor(&parsed);
			} else {
				parsed.samples.push_back(sample());
			}
		}
		return parsed;
	}

  private:
	void descriptor(Parsed *parsed) {
		expect("# ");
		const std::string keyword = until(' ');
		const std::string name = until(' ');
		auto &lines = keyword == "TYPE"   ? parsed->types
					  : keyword == "UNIT" ? parsed->units
					  : keyword == "HELP" ? parsed->helps
										  : throw std::runtime_error("unknown descriptor " + keyword);
		if (!lines.emplace(name, escaped('\n')).second)
			throw std::runtime_error("twice: " + keyword);
		expect("\n");
	}

	char next() const { return at_ < text_.size() ? text_[at_] : '\0'; }

	Sample sample() {
		Sample found;
		while (at_ < text_.size() && (std::isalnum(text_[at_]) || text_[at_] == '_' || text_[at_] == ':'))
			found.name += text_[at_++];
		if (next() == '{') {
			do {
				at_++;
				std::string name = until('=');
				expect("\"");
				found.labels.emplace_back(name, escaped('"'));
				expect("\"");
			} while (next() == ',');
			expect("}");
		}
		expect(" ");
		found.value = until('\n');
		// +Inf and NaN are numbers as well.
		char *end = nullptr;
		(void)std::strtod(found.value.c_str(), &end);
		if (*end != '\0' || found.value.find_first_not_of("0123456789.e+-INafn") != std::string::npos)
			throw std::runtime_error("no number: " + found.value);
		return found;
	}

	void expect(const std::string &what) {
		if (text_.compare(at_, what.size(), what) != 0)
			throw std::runtime_error("expected " + what + " at " + text_.substr(at_, 20));
		at_ += what.size();
	}

	std::string until(char end) {
		const std::size_t to = text_.find(end, at_);
		if (to == std::string::npos)
			throw std::runtime_error("no end");
		std::string found = text_.substr(at_, to - at_);
		at_ = to + 1;
		return found;
	}

	std::string escaped(char end) {
		std::string found;
		while (text_.at(at_) != end) {
			char c = text_.at(at_++);
			if (c == '"' || c == '\n')
				throw std::runtime_error("not escaped");
			if (c == '\\') {
				c = text_.at(at_++);
				if (c != 'n' && c != '"' && c != '\\')
					throw std::runtime_error("unknown escape");
				c = c == 'n' ? '\n' : c;
			}
			found += c;
		}
		return found;
	}

	std::string text_;
	std::size_t at_ = 0;
};

std::string written(double value) {
	std::string text;
	write_sample(into(&text), "m", "", nullptr, 0, value);
	return text.substr(2, text.size() - 3);
}

} // namespace

TEST(OpenMetrics, AFamilyAndItsSamples) {
	std::string text;
	const MetricLabel labels[] = {{"tenant", "a\"b\\c\nd"}, {"kind", "select"}};
	EXPECT_TRUE(
		write_family(into(&text), {"x_seconds", "counter", "seconds", "Time \"in\" all\\\nand more"}));
	EXPECT_TRUE(write_sample(into(&text), "x_seconds", "_total", labels, 2, 1.5));
	write_end(into(&text));
	EXPECT_EQ(text, "# TYPE x_seconds counter\n# UNIT x_seconds seconds\n"
					"# HELP x_seconds Time \\\"in\\\" all\\\\\\nand more\n"
					"x_seconds_total{tenant=\"a\\\"b\\\\c\\nd\",kind=\"select\"} 1.5\n# EOF\n");
}

TEST(OpenMetrics, NamesThatAreNoneAreRefused) {
	std::string text;
	for (const char *name : {"", "1a", "a-b", "a b", "a\nb", "\xc3\xa4", "a\""}) {
		const MetricLabel label = {name, "x"};
		EXPECT_FALSE(write_family(into(&text), {name, "gauge", "", "help"})) << name;
		EXPECT_FALSE(write_sample(into(&text), "m", "", &label, 1, 0)) << name;
	}
	EXPECT_FALSE(is_label_name("a:b"));
	EXPECT_TRUE(is_metric_name("a:b"));
	for (const char *name : {"seconds", "_seconds", "x_second", "xseconds", "x_seconds_y"})
		EXPECT_FALSE(write_family(into(&text), {name, "gauge", "seconds", "help"})) << name;
	EXPECT_EQ(text, "");
}

TEST(OpenMetrics, NumbersAreThoseOfGo) {
	EXPECT_EQ(written(0), "0");
	EXPECT_EQ(written(12), "12");
	EXPECT_EQ(written(-0.5), "-0.5");
	EXPECT_EQ(written(0.000008), "8e-06");
	EXPECT_EQ(written(0.0001), "0.0001");
	EXPECT_EQ(written(0.000096), "9.6e-05");
	EXPECT_EQ(written(1073.741824), "1073.741824");
	EXPECT_EQ(written(100000), "100000");
	EXPECT_EQ(written(1e20), "100000000000000000000");
	EXPECT_EQ(written(1e21), "1e+21");
	EXPECT_EQ(written(std::numeric_limits<double>::infinity()), "+Inf");
	EXPECT_EQ(written(-std::numeric_limits<double>::infinity()), "-Inf");
	EXPECT_EQ(written(std::nan("")), "NaN");
}

TEST(OpenMetrics, EveryNumberIsReadBackAsItWas) {
	std::mt19937_64 random(3);
	for (int i = 0; i < 100000; i++) {
		const std::uint64_t bits = random();
		double value;
		std::memcpy(&value, &bits, sizeof(value));
		if (std::isnan(value))
			continue;
		const std::string text = written(value);
		EXPECT_EQ(std::strtod(text.c_str(), nullptr), value) << text;
	}
}

// Whatever labels and help say, they are read back as they were, and nothing else is.
TEST(OpenMetrics, EveryTextIsReadBackAsItWas) {
	std::mt19937_64 random(4);
	const std::string letters = "ab \\\"\n{}=,#n\t\xc3\xa9";
	const auto any = [&] {
		std::string text;
		for (std::size_t left = random() % 12; left > 0; left--)
			text += letters[random() % letters.size()];
		return text;
	};
	for (int i = 0; i < 20000; i++) {
		std::string text;
		const std::string help = any();
		Labels labels;
		std::vector<MetricLabel> written_labels;
		for (std::size_t left = random() % 4; left > 0; left--)
			labels.emplace_back("l" + std::to_string(left), any());
		for (const auto &[name, value] : labels)
			written_labels.push_back({name, value});
		const double value = static_cast<double>(random() % 1000) / 8;
		ASSERT_TRUE(write_family(into(&text), {"m_bytes", "gauge", "bytes", help}));
		ASSERT_TRUE(write_sample(into(&text), "m_bytes", "", written_labels.data(), labels.size(), value));
		write_end(into(&text));
		const Parsed parsed = Parser(text).parse();
		ASSERT_TRUE(parsed.is_ended) << text;
		ASSERT_EQ(parsed.helps, (std::map<std::string, std::string>{{"m_bytes", help}})) << text;
		ASSERT_EQ(parsed.types.at("m_bytes"), "gauge");
		ASSERT_EQ(parsed.units.at("m_bytes"), "bytes");
		ASSERT_EQ(parsed.samples.size(), 1U) << text;
		ASSERT_EQ(parsed.samples[0].name, "m_bytes");
		ASSERT_EQ(parsed.samples[0].labels, labels) << text;
		ASSERT_EQ(std::stod(parsed.samples[0].value), value);
	}
}
