#include "registry/merge_patch.hpp"

namespace pg_tenant::registry {
namespace {

// The server's functions take what they only read as if they wrote it.
JsonbContainer *root(const Jsonb *json) { return const_cast<JsonbContainer *>(&json->root); }

bool find_member(JsonbContainer *object, std::string_view name, JsonbValue *value) {
	return JsonContainerIsObject(object) &&
		   getKeyJsonValueFromContainer(object, name.data(), static_cast<int>(name.size()), value) != nullptr;
}

JsonbContainer *object_of(const JsonbValue &value) {
	return value.type == jbvBinary && JsonContainerIsObject(value.val.binary.data) ? value.val.binary.data
																				   : nullptr;
}

// Calls with the name and the value of each member.
template <typename Call> void for_members(JsonbContainer *object, Call call) {
	JsonbIterator *position = JsonbIteratorInit(object);
	JsonbValue name;
	JsonbValue value;
	JsonbIteratorToken token;
	while ((token = JsonbIteratorNext(&position, &name, true)) != WJB_DONE) {
		if (token != WJB_KEY)
			continue;
		(void)JsonbIteratorNext(&position, &value, true);
		call(&name, &value);
	}
}

std::string_view text_of(const JsonbValue &name) {
	return {name.val.string.val, static_cast<std::size_t>(name.val.string.len)};
}

// Adds to what is made the object that comes of two; the target is none where it is NULL.
JsonbValue *push_merged(JsonbParseState **made, JsonbContainer *target, JsonbContainer *patch) {
	check_stack_depth();
	(void)pushJsonbValue(made, WJB_BEGIN_OBJECT, nullptr);
	if (target != nullptr)
		for_members(target, [&](JsonbValue *name, JsonbValue *value) {
			JsonbValue patched;
			if (find_member(patch, text_of(*name), &patched))
				return;
			(void)pushJsonbValue(made, WJB_KEY, name);
			(void)pushJsonbValue(made, WJB_VALUE, value);
		});
	for_members(patch, [&](JsonbValue *name, JsonbValue *value) {
		if (value->type == jbvNull)
			return;
		(void)pushJsonbValue(made, WJB_KEY, name);
		JsonbContainer *inner = object_of(*value);
		JsonbValue present;
		if (inner == nullptr)
			(void)pushJsonbValue(made, WJB_VALUE, value);
		else if (target != nullptr && find_member(target, text_of(*name), &present))
			(void)push_merged(made, object_of(present), inner);
		else
			(void)push_merged(made, nullptr, inner);
	});
	return pushJsonbValue(made, WJB_END_OBJECT, nullptr);
}

} // namespace

const Jsonb *merge_patch(const Jsonb *target, const Jsonb *patch) {
	if (!JB_ROOT_IS_OBJECT(patch))
		return patch;
	JsonbParseState *made = nullptr;
	return JsonbValueToJsonb(
		push_merged(&made, JB_ROOT_IS_OBJECT(target) ? root(target) : nullptr, root(patch)));
}

bool find_value(const Jsonb *config, std::string_view key, JsonbValue *value) {
	if (find_member(root(config), key, value))
		return true;
	JsonbContainer *object = root(config);
	for (;;) {
		const std::size_t dot = key.find('.');
		if (!find_member(object, key.substr(0, dot), value))
			return false;
		if (dot == std::string_view::npos)
			return true;
		object = object_of(*value);
		if (object == nullptr)
			return false;
		key.remove_prefix(dot + 1);
	}
}

} // namespace pg_tenant::registry
