#include "core/punycode.hpp"

#include <cstdint>

namespace pg_tenant::core {
namespace {

// The parameters of RFC 3492, 5.
constexpr std::uint32_t kBase = 36;
constexpr std::uint32_t kLowest = 1;
constexpr std::uint32_t kHighest = 26;
constexpr std::uint32_t kSkew = 38;
constexpr std::uint32_t kDamp = 700;
constexpr std::uint32_t kFirstBias = 72;
constexpr char32_t kFirstCode = 0x80;
constexpr char32_t kLastCode = 0x10ffff;

std::uint32_t adapt(std::uint64_t delta, std::size_t count, bool is_first) noexcept {
	delta = is_first ? delta / kDamp : delta / 2;
	delta += delta / count;
	std::uint32_t steps = 0;
	while (delta > ((kBase - kLowest) * kHighest) / 2) {
		delta /= kBase - kLowest;
		steps += kBase;
	}
	return steps + static_cast<std::uint32_t>(((kBase - kLowest + 1) * delta) / (delta + kSkew));
}

std::uint32_t threshold(std::uint32_t step, std::uint32_t bias) noexcept {
	if (step <= bias + kLowest)
		return kLowest;
	return step >= bias + kHighest ? kHighest : step - bias;
}

char digit_of(std::uint64_t value) noexcept {
	return static_cast<char>(value < 26 ? 'a' + value : '0' + (value - 26));
}

std::uint32_t value_of(char digit) noexcept {
	if (digit >= 'a' && digit <= 'z')
		return static_cast<std::uint32_t>(digit - 'a');
	if (digit >= 'A' && digit <= 'Z')
		return static_cast<std::uint32_t>(digit - 'A');
	if (digit >= '0' && digit <= '9')
		return static_cast<std::uint32_t>(digit - '0') + 26;
	return kBase;
}

struct Writer {
	char *output;
	std::size_t capacity;
	std::size_t length;

	void add(char c) noexcept {
		if (length < capacity)
			output[length] = c;
		length++;
	}

	// A number of as many digits as it takes.
	void add_number(std::uint64_t number, std::uint32_t bias) noexcept {
		for (std::uint32_t step = kBase;; step += kBase) {
			const std::uint32_t limit = threshold(step, bias);
			if (number < limit)
				break;
			add(digit_of(limit + (number - limit) % (kBase - limit)));
			number = (number - limit) / (kBase - limit);
		}
		add(digit_of(number));
	}
};

// Reads such a number; false if the text ends before it, or it is too large.
bool read_number(std::string_view *text, std::uint32_t bias, std::uint64_t *number) noexcept {
	std::uint64_t weight = 1;
	*number = 0;
	for (std::uint32_t step = kBase; !text->empty(); step += kBase) {
		const std::uint32_t digit = value_of(text->front());
		text->remove_prefix(1);
		if (digit >= kBase)
			return false;
		*number += digit * weight;
		const std::uint32_t limit = threshold(step, bias);
		if (digit < limit)
			return true;
		weight *= kBase - limit;
		if (*number > UINT32_MAX || weight > UINT32_MAX)
			return false;
	}
	return false;
}

bool is_code(std::uint64_t code) noexcept { return code <= kLastCode && (code < 0xd800 || code > 0xdfff); }

} // namespace

std::size_t encode_punycode(std::u32string_view label, char *output, std::size_t capacity) noexcept {
	Writer writer = {output, capacity, 0};
	for (const char32_t code : label) {
		if (code < kFirstCode)
			writer.add(static_cast<char>(code));
	}
	std::size_t done = writer.length;
	const std::size_t plain = done;
	if (plain > 0)
		writer.add('-');
	std::uint32_t bias = kFirstBias;
	std::uint64_t delta = 0;
	char32_t next = kFirstCode;
	// Each code point in the order of their numbers, and where it stands among those before it.
	for (; done < label.size(); delta++, next++) {
		char32_t smallest = kLastCode;
		for (const char32_t code : label) {
			if (code >= next && code < smallest)
				smallest = code;
		}
		delta += static_cast<std::uint64_t>(smallest - next) * (done + 1);
		next = smallest;
		for (const char32_t code : label) {
			if (code < next)
				delta++;
			if (code != next)
				continue;
			writer.add_number(delta, bias);
			bias = adapt(delta, done + 1, done == plain);
			delta = 0;
			done++;
		}
	}
	return writer.length <= capacity ? writer.length : kNoPunycode;
}

std::size_t decode_punycode(std::string_view text, char32_t *output, std::size_t capacity) noexcept {
	std::size_t count = 0;
	const std::size_t hyphen = text.rfind('-');
	if (hyphen != std::string_view::npos && hyphen > 0) {
		if (hyphen > capacity)
			return kNoPunycode;
		for (const char c : text.substr(0, hyphen))
			output[count++] = static_cast<unsigned char>(c);
		text.remove_prefix(hyphen + 1);
	}
	const std::size_t plain = count;
	std::uint32_t bias = kFirstBias;
	std::uint64_t code = kFirstCode;
	std::uint64_t place = 0;
	while (!text.empty()) {
		std::uint64_t delta;
		if (count == capacity || !read_number(&text, bias, &delta))
			return kNoPunycode;
		place += delta;
		bias = adapt(delta, count + 1, count == plain);
		count++;
		code += place / count;
		place %= count;
		if (!is_code(code))
			return kNoPunycode;
		for (std::size_t i = count - 1; i > place; i--)
			output[i] = output[i - 1];
		output[place++] = static_cast<char32_t>(code);
	}
	return count;
}

} // namespace pg_tenant::core
