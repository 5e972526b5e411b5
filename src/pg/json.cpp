#include "pg/json.hpp"

#include <cstring>

extern "C" {
#include "lib/stringinfo.h"
#include "utils/json.h"
#include "utils/memutils.h"
}

namespace pg_tenant::pg {
namespace {

// A character takes six bytes at most: \u001f.
constexpr Size kEscaped = 6;
constexpr Size kPunctuation = 8;

Size room_for(const Member &member) {
	const Size value = member.value == nullptr ? strlen("null")
					   : member.is_json        ? strlen(member.value)
											   : kEscaped * strlen(member.value);
	return kEscaped * strlen(member.name) + value + kPunctuation;
}

void append_value(StringInfo text, const Member &member) {
	if (member.value == nullptr || member.is_json)
		appendStringInfoString(text, member.value == nullptr ? "null" : member.value);
	else
		escape_json(text, member.value);
}

} // namespace

char *json_object(MemoryContext context, const Member *members, int count) {
	Size room = kPunctuation;
	for (int i = 0; i < count; i++)
		room += room_for(members[i]);
	auto *memory = static_cast<char *>(
		AllocSizeIsValid(room) ? MemoryContextAllocExtended(context, room, MCXT_ALLOC_NO_OOM) : nullptr);
	if (memory == nullptr)
		return nullptr;
	// As large as it can get, so that nothing below makes it larger.
	StringInfoData text = {memory, 0, static_cast<int>(room), 0};
	memory[0] = '\0';
	appendStringInfoChar(&text, '{');
	for (int i = 0; i < count; i++) {
		if (i > 0)
			appendStringInfoString(&text, ", ");
		escape_json(&text, members[i].name);
		appendStringInfoString(&text, ": ");
		append_value(&text, members[i]);
	}
	appendStringInfoChar(&text, '}');
	return text.data;
}

} // namespace pg_tenant::pg
