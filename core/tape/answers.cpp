#include "tape/answers.hpp"

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

std::string key_of_command(const ChildRequest& request) {
    const bool from_file = request.input == ChildRequest::Input::file;
    return command_key(request.process.argv, request.process.directory,
                       Pairs(request.set.begin(), request.set.end()),
                       {request.unset.begin(), request.unset.end()},
                       from_file ? "from " + request.input_text : request.input_text);
}

std::string key_of_request(const std::string& method, const std::string& url,
                           const std::optional<std::string>& body) {
    return request_key(method, url, body ? digest_of(*body) : std::string());
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
    return *asked.answers.emplace_back(std::make_unique<Answer>(Answer{event, {}, {}, {}}));
}

const Answer* Answers::next(std::string_view kind, const std::string& key) {
    const auto found = asked_.find(std::pair(std::string(kind), key));
    if (found == asked_.end() || found->second.given >= found->second.answers.size()) return nullptr;
    return found->second.answers[found->second.given++].get();
}

const Answer* Answers::next_or_last(std::string_view kind, const std::string& key) {
    if (const auto* answer = next(kind, key)) return answer;
    const auto found = asked_.find(std::pair(std::string(kind), key));
    return found == asked_.end() ? nullptr : found->second.answers.back().get();
}

std::optional<std::string> Answers::text_of_file(const std::string& path, Duration time) const {
    const auto found = asked_.find(std::pair(std::string("block"), path));
    if (found == asked_.end()) return std::nullopt;
    std::string text;
    for (const auto& answer : found->second.answers) {
        const auto& event = answer->asked;
        if (answer->at > time || !event.has("offset")) continue;
        const auto offset = static_cast<std::size_t>(event.number("offset"));
        // It was read again from its start: another file.
        if (offset <= text.size()) text = text.substr(0, offset) + event.text_if_any("text");
    }
    return text;
}

std::size_t Answers::count(std::string_view kind, const std::string& key) const {
    const auto found = asked_.find(std::pair(std::string(kind), key));
    return found == asked_.end() ? 0 : found->second.answers.size();
}

std::string Answers::closest(std::string_view kind, const std::string& key) const {
    std::vector<std::string_view> keys;
    for (const auto& [question, asked] : asked_)
        if (question.first == kind) keys.push_back(question.second);
    if (keys.empty()) return {};
    // Among those that are called the same, one differs in what is not shown.
    auto found = arun::closest(key, keys);
    if (found.empty()) {
        // Nothing is similar: what begins alike.
        const auto same = [&](std::string_view other) {
            return std::mismatch(other.begin(), other.end(), key.begin(), key.end()).first - other.begin();
        };
        found = *std::ranges::max_element(keys, {}, same);
    }
    const auto& first =
        *asked_.find(std::pair(std::string(kind), std::string(found)))->second.answers.front();
    return quote_ends(first_line(found)) + " (" + first.asked.where() + ')';
}

}  // namespace arun::tape
