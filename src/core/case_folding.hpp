// Capital letters of all scripts. Pure C++; nothing raises or allocates.
#pragma once

namespace pg_tenant::core {

// The code point of a letter without its case (Unicode 14, simple case folding, but for the final sigma,
// which IDNA 2008 keeps); any other as it is. Of compatibility characters only what NFKC leaves.
char32_t fold_case(char32_t code) noexcept;

} // namespace pg_tenant::core
