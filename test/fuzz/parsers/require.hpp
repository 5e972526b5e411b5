// What the harnesses share.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

// Ends the process if a property does not hold: then libFuzzer keeps the input.
inline void require(bool holds, const char *property) {
	if (!holds) {
		std::fprintf(stderr, "does not hold: %s\n", property);
		std::abort();
	}
}

// Of bytes that end where their memory does, so that reading on is seen.
inline std::string_view view_of(const std::vector<char> &bytes) { return {bytes.data(), bytes.size()}; }
