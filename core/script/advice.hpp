/// The words of other tools for which arun has no single word: what to write instead.
#pragma once

#include "syntax/document.hpp"

#include <string>
#include <string_view>

namespace arun::script {

struct FunctionSpec;

/// A hint for an unknown key: of a mapping whose schema has the name `owner`, or with "job" as the owner,
/// next to a kind or in place of one. Empty if there is none.
std::string_view advice_for_key(std::string_view key, std::string_view owner) noexcept;

/// A hint for the name of an unknown variable, such as `secrets`, or empty.
std::string_view advice_for_name(std::string_view name) noexcept;

/// A hint for a function that does not exist, or that does not take its arguments, or empty. `arguments`:
/// their text.
std::string advice_for_call(std::string_view function, std::string_view arguments);

/// The function that has the name here or in other languages, or null.
const FunctionSpec* function_meant(std::string_view name);
/// "length(x)": the usage of the function, with `x` as its first argument.
std::string call_with(const FunctionSpec& function, std::string_view argument);

/// Whether the key is a method of HTTP in any case: `- GET: http://host/`.
bool is_http_method(std::string_view word) noexcept;

/// A hint for a token that does not belong where it is, at the offsets `begin` to `end` of an expression, or
/// empty.
std::string advice_for_token(std::string_view expression, std::size_t begin, std::size_t end);

/// A hint for the text where a number or a duration is expected, such as `2xx` or `< 500ms`, or empty.
std::string advice_for_matcher(std::string_view text);

/// A hint for the text in place of the arguments of wait_for or ready, such as a URL, or empty.
std::string advice_for_readiness(std::string_view text);

/// A hint for `A=b` or a list in place of a mapping, or empty.
std::string advice_for_mapping(syntax::Node node);

}  // namespace arun::script
