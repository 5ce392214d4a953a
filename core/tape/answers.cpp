#include "tape/answers.hpp"

#include "base/suggestion.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace arun::tape {
namespace {

/// What comes of a question that has a number.
constexpr std::array<std::string_view, 14> numbered{"got",      "out",   "err",  "rest",   "held",
                                                    "stop",     "exit",  "kill", "lives",  "members",
                                                    "response", "early", "done", "arrived"};

/// The time of the event, or of the one before it that has a time.
class Times {
public:
    Duration of(const Event& event) {
        if (event.has("ns"))
            last_ = Duration(event.number("ns"));
        else if (event.is("clock") || event.is("timers"))
            last_ = Duration(event.number(event.kind()));
        return last_;
    }

private:
    Duration last_{};
};

std::optional<std::string> key_of(const Event& event) {
    if (event.is("start")) return key_of_command(event.texts("argv"));
    if (event.is("request")) return key_of_request(event.text("method"), event.text("url"));
    if (event.is("connect")) return event.text("address");
    if (event.is("lines") || event.is("input")) return event.text("path");
    for (const auto kind :
         {"file", "block", "whole", "tail", "output", "new", "named", "env", "host", "entropy"})
        if (event.is(kind)) return event.is("host") || event.is("entropy") ? std::string() : event.text(kind);
    if (event.is("environment")) return std::string();
    return std::nullopt;
}

}  // namespace

std::string key_of_command(const std::vector<std::string>& argv) {
    return join(argv, " ");
}

std::string key_of_request(const std::string& method, const std::string& url) {
    return method + ' ' + url;
}

Answers::Answers(Reader& reader) {
    Times times;
    std::map<std::uint64_t, Duration> began;
    for (const auto* next = reader.peek(); next != nullptr; reader.next(), next = reader.peek()) {
        const Event& event = *next;
        const auto time = times.of(event);
        if (const auto key = key_of(event)) {
            auto& answer = add(event.kind(), *key, event);
            const auto& number = *event.value().find(event.kind());
            if (!number.is(script::Type::number)) continue;
            const auto id = static_cast<std::uint64_t>(event.number(event.kind()));
            // The input of a child has its number too, and is open before the child starts.
            open_[id] = &answer;
            began[id] = time;
        } else if (event.is("signal")) {
            signals_.push_back({time, event});
        } else if (std::ranges::find(numbered, event.kind()) != numbered.end()) {
            const auto id = static_cast<std::uint64_t>(event.number(event.kind()));
            const auto found = open_.find(id);
            if (found != open_.end()) found->second->arrivals.push_back({time - began[id], event});
        }
    }
}

Answer& Answers::add(std::string_view kind, std::string key, const Event& event) {
    auto& asked = asked_[{std::string(kind), std::move(key)}];
    return *asked.answers.emplace_back(std::make_unique<Answer>(Answer{event, {}}));
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

std::size_t Answers::count(std::string_view kind, const std::string& key) const {
    const auto found = asked_.find(std::pair(std::string(kind), key));
    return found == asked_.end() ? 0 : found->second.answers.size();
}

std::string Answers::closest(std::string_view kind, const std::string& key) const {
    std::vector<std::string_view> keys;
    for (const auto& [question, asked] : asked_)
        if (question.first == kind) keys.push_back(question.second);
    if (keys.empty()) return {};
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
    return quote_ends(one_line(found)) + " (" + first.asked.where() + ')';
}

}  // namespace arun::tape
