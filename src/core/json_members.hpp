// Counts what jsonb does not keep. Pure C++; nothing here allocates, raises or throws.
#pragma once

#include <cstddef>
#include <string_view>

namespace pg_tenant::core {

// The members of the outermost object of a valid JSON text, repeated ones too.
std::size_t count_members(std::string_view json) noexcept;

} // namespace pg_tenant::core
