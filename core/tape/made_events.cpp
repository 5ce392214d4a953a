#include "tape/made_events.hpp"

#include <cerrno>
#include <utility>

namespace arun::tape {

using script::Value;

Value number(std::int64_t value) {
    return Value::number(value);
}
Value text(std::string_view value) {
    return Value::string(value);
}
Value truth(bool value) {
    return Value::boolean(value);
}

Event made_event(std::string where, std::vector<Value::Entry> entries) {
    entries.insert(entries.begin(), {"at", number(0)});
    return {std::move(where), Value::map(std::move(entries))};
}

Answer made_answer(Event asked) {
    return {std::move(asked), {}, {}, Duration::max()};
}

Answer made_process(const std::string& where, const Question& question) {
    std::vector<Value> argv;
    for (const auto& argument : question.child->process.argv) argv.push_back(text(argument));
    return made_answer(made_event(
        where, {{"start", number(1)}, {"argv", Value::list(std::move(argv))}, {"pid", number(1)}}));
}

Answer made_request(const std::string& where) {
    return made_answer(made_event(where, {{"request", number(1)}}));
}

Answer made_connection(const std::string& where, const std::optional<std::string>& problem) {
    auto answer = made_answer(made_event(where, {{"connect", number(1)}}));
    std::vector<Value::Entry> done{{"done", number(1)}};
    if (problem) done.emplace_back("problem", text(*problem));
    answer.arrivals.push_back({Duration(), made_event(where, std::move(done))});
    return answer;
}

Answer made_look(const std::string& where, std::string_view path, std::optional<std::size_t> size) {
    return made_answer(made_event(where, {{"file", text(path)},
                                          {"errno", number(size ? 0 : ENOENT)},
                                          {"regular", truth(size.has_value())},
                                          {"number", number(1)},
                                          {"size", number(static_cast<std::int64_t>(size.value_or(0)))}}));
}

void add_output(Answer& answer, Duration after, OutputStream stream, std::string_view bytes) {
    if (bytes.empty()) return;
    const auto* kind = stream == OutputStream::out ? "out" : "err";
    answer.arrivals.push_back(
        {after, made_event(answer.asked.where(), {{kind, number(1)}, {"text", text(bytes)}})});
}

void add_exit(Answer& answer, Duration after, int status, int signal) {
    answer.arrivals.push_back(
        {after, made_event(answer.asked.where(),
                           {{"exit", number(1)}, {"status", number(status)}, {"signal", number(signal)}})});
}

void add_lines(Answer& answer, Duration after, std::string_view lines, bool ends) {
    answer.arrivals.push_back(
        {after, made_event(answer.asked.where(),
                           {{"got", number(1)}, {"text", text(lines)}, {"end", truth(ends)}})});
}

Event made_response(const std::string& where, int status, const Pairs& headers, std::string_view body,
                    const std::optional<std::string>& error) {
    std::vector<Value> pairs;
    for (const auto& [name, value] : headers) pairs.push_back(Value::list({text(name), text(value)}));
    std::vector<Value::Entry> entries{
        {"response", number(1)},
        {"status", number(status)},
        {"headers", Value::list(std::move(pairs))},
        {"body", text(body)},
        {"size", number(static_cast<std::int64_t>(body.size()))},
        {"timings", Value::list({number(-1), number(-1), number(-1), number(0)})}};
    if (error) {
        entries.emplace_back("error", text(*error));
        entries.emplace_back("kind", text("http"));
    }
    return made_event(where, std::move(entries));
}

}  // namespace arun::tape
