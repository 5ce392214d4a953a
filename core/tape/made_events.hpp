/// Answers as a tape would have them, without a tape.
#pragma once

#include "tape/answer_source.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace arun::tape {

script::Value number(std::int64_t value);
script::Value text(std::string_view value);
script::Value truth(bool value);

/// `entries` are those of the event, without its position.
Event made_event(std::string where, std::vector<script::Value::Entry> entries);
/// Nothing comes of the question, for ever.
Answer made_answer(Event asked);
/// A process that has started, and does nothing yet.
Answer made_process(const std::string& where, const Question& question);
/// A request that has been sent.
Answer made_request(const std::string& where);
/// A connection that is there at once, or why it is not.
Answer made_connection(const std::string& where, const std::optional<std::string>& problem);
/// What a look at the path finds: a regular file of that size, or none.
Answer made_look(const std::string& where, std::string_view path, std::optional<std::size_t> size);
void add_output(Answer& answer, Duration after, OutputStream stream, std::string_view bytes);
void add_exit(Answer& answer, Duration after, int status, int signal);
/// `ends`: after these there are no more.
void add_lines(Answer& answer, Duration after, std::string_view lines, bool ends);
/// With `error`, the request has failed.
Event made_response(const std::string& where, int status, const Pairs& headers, std::string_view body,
                    const std::optional<std::string>& error);

}  // namespace arun::tape
