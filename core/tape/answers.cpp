#include "tape/answers.hpp"

#include "base/duration.hpp"
#include "base/suggestion.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace arun::tape {
namespace {

/// What comes of a question that has a number.
constexpr std::array<std::string_view, 15> numbered{"out",   "err",  "rest",    "held",     "stop",
                                                    "exit",  "kill", "lives",   "members",  "response",
                                                    "early", "done", "arrived", "progress", "got"};
/// Questions about a name.
constexpr std::array<std::string_view, 8> named{"file",   "block", "whole", "tail",
                                                "output", "new",   "named", "env"};

/// The time of the event, or of the one before it that has a time.
class Times {
public:
    Duration of(const Event& event) {
        if (event.is("runner"))
            last_ = {};
        else if (event.has("ns"))
            last_ = Duration(event.number("ns"));
        else if (event.is("clock") || event.is("timers"))
            last_ = Duration(event.number(event.kind()));
        return last_;
    }

private:
    Duration last_{};
};

/// What is asked of a child. No text has a NUL.
std::string command_key(const std::vector<std::string>& argv, const std::string& directory, const Pairs& set,
                        const std::vector<std::string>& unset, const std::string& input) {
    std::string key = one_line(join(argv, " ")) + '\n';
    const auto add = [&](const std::string& text) { key += text + '\0'; };
    for (const auto& argument : argv) add(argument);
    add("in " + directory);
    for (const auto& [name, value] : set) add(name + '=' + value);
    for (const auto& name : unset) add("-" + name);
    return key + input;
}

std::string request_key(const std::string& method, const std::string& url, const std::string& body) {
    return method + ' ' + url + '\n' + body;
}

std::optional<std::string> key_of(const Event& event) {
    if (event.is("start")) {
        const auto input = event.has("from") ? "from " + event.text("from") : event.text_if_any("stdin");
        return command_key(event.texts("argv"), event.text_if_any("directory"), event.pairs("set"),
                           event.texts("unset"), input);
    }
    if (event.is("request"))
        return request_key(event.text("method"), event.text("url"), event.text_if_any("sends"));
    if (event.is("connect")) return event.text("address");
    if (event.is("lines") || event.is("input")) return event.text("path");
    if (std::ranges::find(named, event.kind()) != named.end()) return event.text(event.kind());
    if (event.is("environment") || event.is("host") || event.is("entropy")) return std::string();
    return std::nullopt;
}

bool has_number(const Event& event) {
    const auto* value = event.value().find(event.kind());
    return value != nullptr && value->is(script::Type::number);
}

}  // namespace

std::string Question::text() const {
    return std::string(title) + ' ' + quote_ends(first_line(key));
}

Question question_of(const ChildRequest& request) {
    const bool from_file = request.input == ChildRequest::Input::file;
    auto key = command_key(request.process.argv, request.process.directory,
                           Pairs(request.set.begin(), request.set.end()),
                           {request.unset.begin(), request.unset.end()},
                           from_file ? "from " + request.input_text : request.input_text);
    return {"start", std::move(key), "the command", &request, nullptr, {}};
}

Question question_of(const HttpRequest& request) {
    auto key =
        request_key(request.method, request.url, request.body ? digest_of(*request.body) : std::string());
    return {"request", std::move(key), "the request", nullptr, &request, {}};
}

Answers::Answers(Reader& reader) {
    Times times;
    std::int64_t runner = 0;
    Duration time{};
    // What is not known when a Runner is closed is never known.
    const auto close = [&] {
        for (auto& [id, answer] : open_)
            if (answer->known_until == Duration::zero()) answer->known_until = time - answer->at;
        open_.clear();
    };
    for (const auto* next = reader.peek(); next != nullptr; reader.next(), next = reader.peek()) {
        const Event& event = *next;
        if (event.is("runner")) {
            close();
            runner = event.number("runner");
        }
        time = times.of(event);
        if (event.is("end")) is_cut_ = false;
        if (const auto key = key_of(event)) {
            auto& answer = add(event.kind(), *key, event);
            answer.at = time;
            // The input of a child has its number too, and is open before the child starts.
            if (has_number(event)) open_[event.number(event.kind())] = &answer;
        } else if (event.is("signal")) {
            signals_.push_back({runner, {time, event}});
        } else if (std::ranges::find(numbered, event.kind()) != numbered.end()) {
            arrive(event, time);
        }
    }
    close();
    end_ = time;
}

void Answers::arrive(const Event& event, Duration time) {
    const auto found = open_.find(event.number(event.kind()));
    if (found == open_.end()) return;
    auto& answer = *found->second;
    const auto after = time - answer.at;
    const bool cuts =
        event.is("kill") || event.is("progress") || (event.is("done") && event.has("cancelled"));
    if (cuts && answer.known_until == Duration::zero()) answer.known_until = std::max(after, Duration(1));
    answer.arrivals.push_back({after, event});
}

Answer& Answers::add(std::string_view kind, std::string key, const Event& event) {
    auto& asked = asked_[{std::string(kind), std::move(key)}];
    return *asked.answers.emplace_back(std::make_unique<Answer>(Answer{event, {}, {}}));
}

const Answers::Asked* Answers::find(const Question& question) const {
    const auto found = asked_.find(std::pair(std::string(question.kind), question.key));
    return found == asked_.end() ? nullptr : &found->second;
}

const Answer* Answers::next(const Question& question) {
    const auto found = asked_.find(std::pair(std::string(question.kind), question.key));
    if (found == asked_.end() || found->second.given >= found->second.answers.size()) return nullptr;
    return found->second.answers[found->second.given++].get();
}

const Answer* Answers::next_or_last(const Question& question) {
    if (const auto* answer = next(question)) return answer;
    const auto* asked = find(question);
    return asked == nullptr ? nullptr : asked->answers.back().get();
}

std::optional<std::string> Answers::text_of_file(const std::string& path, Duration time) {
    const auto* asked = find({"block", path, {}});
    if (asked == nullptr) return std::nullopt;
    std::string text;
    for (const auto& answer : asked->answers) {
        const auto& event = answer->asked;
        if (answer->at > time || !event.has("offset")) continue;
        const auto offset = static_cast<std::size_t>(event.number("offset"));
        // It was read again from its start: another file.
        if (offset <= text.size()) text = text.substr(0, offset) + event.text_if_any("text");
    }
    return text;
}

std::size_t Answers::count(const Question& question) const {
    const auto* asked = find(question);
    return asked == nullptr ? 0 : asked->answers.size();
}

std::string Answers::missing(const Question& question) const {
    const auto times = count(question);
    const auto asked = "the script asks for " + question.text();
    const std::string cut =
        is_cut_ ? "; it ends after " + format_duration(end_) + ": its run was killed, or goes on still" : "";
    if (times > 0)
        return asked + " once more: the tape has it " +
               (times == 1 ? std::string("once") : std::to_string(times) + " times") + cut;
    const auto nearest = closest(question);
    return asked + ", which the tape does not have" +
           (nearest.empty() ? nearest : "; closest is " + nearest) + cut;
}

std::string Answers::closest(const Question& question) const {
    std::vector<std::string_view> keys;
    for (const auto& [other, asked] : asked_)
        if (other.first == question.kind) keys.push_back(other.second);
    if (keys.empty()) return {};
    // Among those that are called the same, one differs in what is not shown.
    auto found = arun::closest(question.key, keys);
    if (found.empty()) {
        // Nothing is similar: what begins alike.
        const auto same = [&](std::string_view other) {
            return std::mismatch(other.begin(), other.end(), question.key.begin(), question.key.end()).first -
                   other.begin();
        };
        found = *std::ranges::max_element(keys, {}, same);
    }
    const auto& first =
        *asked_.find(std::pair(std::string(question.kind), std::string(found)))->second.answers.front();
    if (first_line(found) == first_line(question.key))
        return "the same with another directory, environment, input or body (" + first.asked.where() + ')';
    return quote_ends(first_line(found)) + " (" + first.asked.where() + ')';
}

}  // namespace arun::tape
