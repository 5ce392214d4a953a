#include "tape/given_answers.hpp"

#include "base/ascii.hpp"
#include "base/error.hpp"
#include "base/suggestion.hpp"
#include "base/text.hpp"
#include "rt/signals.hpp"
#include "tape/made_events.hpp"

#include <fnmatch.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace arun::tape {
namespace {

using Kind = GivenAnswer::Kind;

/// The script, if the command is a shell that runs one.
std::optional<std::string> script_of(const std::vector<std::string>& argv) {
    const auto size = argv.size();
    if (size < 3 || argv[size - 2] != "-c") return std::nullopt;
    return std::string(trim(argv.back()));
}

bool matches_command(const GivenAnswer& answer, const std::vector<std::string>& argv) {
    if (answer.kind == Kind::run) {
        const auto script = script_of(argv);
        return script && matches_pattern(std::string(trim(answer.patterns.front())), *script);
    }
    if (answer.kind != Kind::exec) return false;
    if (!answer.has_arguments) return matches_pattern(answer.patterns.front(), join(argv, " "));
    return std::ranges::equal(answer.patterns, argv, [](const auto& pattern, const auto& text) {
        return matches_pattern(pattern, text);
    });
}

bool matches_request(const std::string& pattern, const std::string& method, const std::string& url) {
    return matches_pattern(pattern, method + ' ' + url) || matches_pattern(pattern, url);
}

bool is_about_file(std::string_view kind) {
    static constexpr std::array kinds{"file", "lines", "input", "whole", "block", "tail"};
    return std::ranges::find(kinds, kind) != kinds.end();
}

/// It answers questions of that kind.
bool is_for(const GivenAnswer& answer, const Question& question) {
    switch (answer.kind) {
        case Kind::run:
        case Kind::exec:
            return question.child != nullptr;
        case Kind::http:
            return question.request != nullptr;
        case Kind::tcp:
            return question.kind == "connect";
        case Kind::file:
            break;
    }
    return is_about_file(question.kind);
}

bool is_asked(const GivenAnswer& answer, const Question& question) {
    if (question.child != nullptr) return matches_command(answer, question.child->process.argv);
    if (question.request != nullptr)
        return answer.kind == Kind::http &&
               matches_request(answer.patterns.front(), question.request->method, question.request->url);
    if (question.kind == "connect")
        return answer.kind == Kind::tcp && matches_pattern(answer.patterns.front(), question.key);
    return answer.kind == Kind::file && is_about_file(question.kind) &&
           matches_pattern(answer.patterns.front(), question.key);
}

/// What a condition is about, in the question; empty if the question has none.
std::optional<std::string> value_of(const GivenAnswer::Condition& condition, const Question& question) {
    using Of = GivenAnswer::Condition::Of;
    if (const auto* child = question.child) {
        if (condition.of == Of::dir) return child->process.directory;
        if (condition.of == Of::env) {
            const auto found = child->set.find(condition.name);
            return found == child->set.end() ? std::nullopt : std::optional(found->second);
        }
        if (child->input != ChildRequest::Input::text) return std::nullopt;
        return std::string(child->input_text.substr(
            0, child->input_text.size() - (child->input_text.ends_with('\n') ? 1 : 0)));
    }
    const auto* request = question.request;
    if (request == nullptr) return std::nullopt;
    if (condition.of != Of::header) return request->body;
    for (const auto& header : request->headers) {
        const auto colon = header.find(':');
        if (colon != header.npos && lower(header.substr(0, colon)) == lower(condition.name))
            return std::string(trim(std::string_view(header).substr(colon + 1)));
    }
    return std::nullopt;
}

bool holds(const GivenAnswer::Condition& condition, const Question& question) {
    const auto value = value_of(condition, question);
    if (!value) return false;
    if (condition.of != GivenAnswer::Condition::Of::json) return matches_pattern(condition.pattern, *value);
    const auto body = script::parse_json(*value);
    return body && script::strictly_equal(*body, condition.json);
}

/// The first condition that does not hold; null if all do.
const GivenAnswer::Condition* unmet(const GivenAnswer& answer, const Question& question) {
    const auto found = std::ranges::find_if_not(
        answer.with, [&](const auto& condition) { return holds(condition, question); });
    return found == answer.with.end() ? nullptr : &*found;
}

bool matches(const GivenAnswer& answer, const Question& question) {
    return is_asked(answer, question) && unmet(answer, question) == nullptr;
}

/// "for another 'MODE' in 'env' than 'test'"
std::string describe_difference(const GivenAnswer::Condition& condition, const Question& question) {
    using Of = GivenAnswer::Condition::Of;
    static constexpr std::array<std::string_view, 6> names{"env", "dir", "stdin", "headers", "body", "json"};
    auto what = "'" + std::string(names[static_cast<std::size_t>(condition.of)]) + "'";
    if (!condition.name.empty()) what = quote_whole(condition.name) + " in " + what;
    const auto value = value_of(condition, question);
    if (!value || (condition.of == Of::dir && value->empty())) return "for one with " + what;
    return "for another " + what + " than " + quote_ends(one_line(*value));
}

Answer process_of(const GivenAnswer& given, const Question& question) {
    auto answer = made_process(given.where, question);
    if (given.error) {
        answer.asked = made_event(given.where, {{"start", number(1)},
                                                {"error", text("cannot start: " + *given.error)},
                                                {"kind", text("spawn")}});
        return answer;
    }
    auto end = given.after;
    for (const auto& piece : given.pieces) {
        add_output(answer, piece.after, piece.stream, piece.text);
        end = std::max(end, piece.after);
    }
    if (!given.never)
        add_exit(answer, end, given.signal != 0 ? 128 + given.signal : given.status, given.signal);
    return answer;
}

Answer response_of(const GivenAnswer& given) {
    auto answer = made_request(given.where);
    if (given.never) return answer;
    // A request that fails has no status.
    auto event =
        made_response(given.where, given.error ? 0 : given.status, given.headers, given.text, given.error);
    answer.arrivals.push_back({given.after, std::move(event)});
    return answer;
}

/// How a file or a port is at that time: whether it is there.
bool is_there(const GivenAnswer& given, Duration now) {
    return !given.never && !given.error && now - *given.first_asked >= given.after;
}

Answer file_of(const GivenAnswer& given, const Question& question) {
    const auto kind = std::string(question.kind);
    if (kind == "file") {
        const bool there = is_there(given, question.now);
        return made_look(given.where, question.key, there ? std::optional(given.text.size()) : std::nullopt);
    }
    std::vector<script::Value::Entry> asked{{kind, number(1)}, {"path", text(question.key)}};
    std::vector<script::Value::Entry> done{{"done", number(1)}};
    if (given.error || given.never) {
        auto& failed = kind == "input" ? done : asked;
        const auto why = given.error ? *given.error : reason_of(ENOENT);
        failed.emplace_back("error", text("cannot open " + quote_whole(question.key) + ": " + why));
        if (!given.error) failed.emplace_back("errno", number(ENOENT));
    }
    if (kind == "tail") asked.emplace_back("text", text(given.text));
    auto answer = made_answer(made_event(given.where, std::move(asked)));
    if (kind == "lines") add_lines(answer, given.after, given.text, true);
    if (kind == "input") answer.arrivals.push_back({given.after, made_event(given.where, std::move(done))});
    return answer;
}

}  // namespace

bool matches_pattern(const std::string& pattern, const std::string& text) {
    if (pattern == text) return true;
    // fnmatch() would see what is before it.
    const auto has_nul = [](const std::string& s) { return s.find('\0') != std::string::npos; };
    return !has_nul(pattern) && !has_nul(text) && ::fnmatch(pattern.c_str(), text.c_str(), 0) == 0;
}

SignalArrival signal_at(Duration time, int signo, const std::string& where) {
    return {1, {time, made_event(where, {{"signal", text(full_signal_name(signo))}})}};
}

const Answer& GivenAnswers::keep(Answer answer) {
    return made_.emplace_back(std::move(answer));
}

void GivenAnswers::rewind() noexcept {
    made_.clear();
    input_was_read = false;
    for (auto& answer : answers) {
        answer.used = 0;
        answer.first_asked.reset();
    }
    if (other != nullptr) other->rewind();
}

GivenAnswer* GivenAnswers::find(const Question& question) {
    for (auto& answer : answers) {
        const bool has_more = !answer.times || answer.used < static_cast<std::size_t>(*answer.times);
        if (has_more && matches(answer, question)) return &answer;
    }
    return nullptr;
}

namespace {

/// There is an answer to it if nothing else has one.
bool is_about_machine(std::string_view kind) {
    return kind == "environment" || kind == "env" || kind == "host";
}

}  // namespace

const Answer& GivenAnswers::machine(const Question& question) {
    if (question.kind == "host")
        return keep(made_answer(made_event("the test", {{"host", text("localhost")}})));
    std::vector<script::Value> pairs;
    if (question.kind == "environment") {
        auto all = environment;
        const auto* rest = other != nullptr ? other->next_or_last(question) : nullptr;
        if (rest != nullptr)
            for (const auto& [name, value] : rest->asked.pairs("environment")) all.try_emplace(name, value);
        for (const auto& [name, value] : all) pairs.push_back(script::Value::list({text(name), text(value)}));
        return keep(
            made_answer(made_event("the test", {{"environment", script::Value::list(std::move(pairs))}})));
    }
    std::vector<script::Value::Entry> entries{{"env", text(question.key)}};
    const auto found = environment.find(question.key);
    if (found != environment.end()) entries.emplace_back("value", text(found->second));
    return keep(made_answer(made_event("the test", std::move(entries))));
}

const Answer* GivenAnswers::next(const Question& question) {
    if (const auto* answer = own(question)) return answer;
    return other != nullptr ? other->next(question) : nullptr;
}

const Answer* GivenAnswers::next_or_last(const Question& question) {
    if (const auto* answer = own(question)) return answer;
    return other != nullptr ? other->next_or_last(question) : nullptr;
}

const Answer* GivenAnswers::own(const Question& question) {
    if (question.kind == "lines" && question.key == "-" && standard_input) {
        input_was_read = true;
        auto answer = made_answer(made_event("the test", {{"lines", number(1)}}));
        if (standard_input->empty()) add_lines(answer, Duration(), {}, true);
        for (std::size_t i = 0; i < standard_input->size(); ++i) {
            const auto& piece = (*standard_input)[i];
            add_lines(answer, piece.after, piece.text, i + 1 == standard_input->size());
        }
        return &keep(std::move(answer));
    }
    if (question.kind == "env" && environment.contains(question.key)) return &machine(question);
    if (question.kind == "environment") return &machine(question);
    auto* given = find(question);
    if (given == nullptr)
        return other == nullptr && is_about_machine(question.kind) ? &machine(question) : nullptr;
    ++given->used;
    if (!given->first_asked) given->first_asked = question.now;
    switch (given->kind) {
        case Kind::run:
        case Kind::exec:
            return &keep(process_of(*given, question));
        case Kind::http:
            return &keep(response_of(*given));
        case Kind::tcp:
            return &keep(made_connection(given->where,
                                         is_there(*given, question.now)
                                             ? std::nullopt
                                             : std::optional(given->error.value_or("Connection refused"))));
        case Kind::file:
            break;
    }
    return &keep(file_of(*given, question));
}

bool GivenAnswers::knows(const Question& question) const {
    if (question.kind == "env" && environment.contains(question.key)) return true;
    return other != nullptr && other->knows(question);
}

std::optional<std::string> GivenAnswers::text_of_file(const std::string& path, Duration time) {
    const Question question{"block", path};
    auto* given = find(question);
    if (given == nullptr) return other != nullptr ? other->text_of_file(path, time) : std::nullopt;
    return given->first_asked && is_there(*given, time) ? given->text : std::string();
}

std::string GivenAnswers::missing(const Question& question) const {
    const bool is_given = std::ranges::any_of(answers, [&](const auto& a) { return is_for(a, question); });
    if (other != nullptr && !is_given) return other->missing(question);
    auto message = "the script asks for " + question.text() + ", for which the test has no answer";
    std::string_view wanted = first_line(question.key);
    std::optional<std::string> script;
    if (question.child != nullptr) script = script_of(question.child->process.argv);
    if (script) {
        wanted = *script;
        message = "the script runs " + quote_ends(one_line(*script)) + ", for which the test has no answer";
    }
    if (question.kind == "lines" && question.key == "-")
        return "the script reads standard input, which the test does not give";
    const auto used_up =
        std::ranges::find_if(answers, [&](const auto& a) { return a.times && matches(a, question); });
    if (used_up != answers.end())
        return message + " any more (" + used_up->where + " has 'times: " + std::to_string(*used_up->times) +
               "')";
    const auto other = std::ranges::find_if(answers, [&](const auto& a) { return is_asked(a, question); });
    if (other != answers.end())
        return message + "; " + other->title + " (" + other->where + ") is " +
               describe_difference(*unmet(*other, question), question);
    std::vector<const GivenAnswer*> candidates;
    std::vector<std::string> patterns;
    for (const auto& answer : answers) {
        if (!is_for(answer, question)) continue;
        candidates.push_back(&answer);
        // With the method, as it is in the question.
        const bool lacks_method =
            answer.kind == Kind::http && answer.patterns.front().find(' ') == std::string::npos;
        patterns.push_back((lacks_method ? question.request->method + ' ' : "") +
                           one_line(join(answer.patterns, " ")));
    }
    const auto nearest = arun::closest(one_line(wanted), {patterns.begin(), patterns.end()});
    if (nearest.empty()) return message;
    const auto& found =
        *candidates[static_cast<std::size_t>(std::ranges::find(patterns, nearest) - patterns.begin())];
    message += "; closest is " + found.title + " (" + found.where + ')';
    return message;
}

}  // namespace arun::tape
