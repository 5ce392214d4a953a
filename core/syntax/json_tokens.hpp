/// The tokens of JSON as people write them, and what is wrong with each.
#pragma once

#include "syntax/builder.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace arun::syntax {

/// Takes what is wrong: where, what, and what to do about it.
using Report = std::function<void(Range at, std::string message, std::string hint)>;

struct Token {
    std::uint32_t end = 0;
    bool lost = false;  ///< where it ends is a guess: what follows cannot be judged
};

/// A text in double quotes that begins at `at`. All faults inside of it are reported.
Token scan_json_string(std::string_view text, std::uint32_t at, const Report& report);

/// A text in single quotes, which JSON does not know.
Token scan_single_quoted(std::string_view text, std::uint32_t at, const Report& report);

/// A number, or something that begins as one.
Token scan_json_number(std::string_view text, std::uint32_t at, const Report& report);

/// true, false, null, or words without quotes.
Token scan_json_word(std::string_view text, std::uint32_t at, const Report& report);

/// The end of words without quotes: before a comma, a bracket, a quote, the end of the line, or ':' in a key.
std::uint32_t end_of_words(std::string_view text, std::uint32_t at, bool key);

}  // namespace arun::syntax
