#include "trials/faults.hpp"

#include "tape/made_events.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <optional>
#include <utility>

namespace arun::app {
namespace {

using tape::Answer;
using tape::Arrival;
using tape::Event;

bool is_output(const Event& event) {
    return event.is("out") || event.is("err") || event.is("rest") || event.is("held");
}

const Arrival* find(const Answer& answer, std::string_view kind) {
    const auto found =
        std::ranges::find_if(answer.arrivals, [&](const Arrival& a) { return a.event.is(kind); });
    return found == answer.arrivals.end() ? nullptr : &*found;
}

/// When the child ended by itself; empty if it was stopped, or its end is not known.
const Arrival* own_exit(const Answer& answer) {
    const auto* end = find(answer, "exit");
    const auto* kill = find(answer, "kill");
    return end != nullptr && (kill == nullptr || kill->after > end->after) ? end : nullptr;
}

bool has_output(const Answer& answer) {
    return std::ranges::any_of(answer.arrivals, [](const Arrival& a) {
        return is_output(a.event) && !a.event.text_if_any("text").empty();
    });
}

const Arrival* response_of(const Answer& answer) {
    const auto* response = find(answer, "response");
    return response != nullptr ? response : find(answer, "early");
}

/// The child up to its end, without that and what came later.
Answer until_end(const Answer& answer, Duration end) {
    auto copy = answer;
    std::erase_if(copy.arrivals, [&](const Arrival& a) { return a.after > end || !is_output(a.event); });
    return copy;
}

Answer child_with(const Answer& answer, FaultKind kind) {
    const auto* end = own_exit(answer);
    // A service dies at once.
    const auto when = end != nullptr ? end->after : Duration();
    switch (kind) {
        case FaultKind::silent: {
            auto copy = answer;
            std::erase_if(copy.arrivals, [](const Arrival& a) { return is_output(a.event); });
            return copy;
        }
        case FaultKind::never:
            return until_end(answer, when);
        case FaultKind::killed: {
            auto copy = until_end(answer, when);
            tape::add_exit(copy, when, 128 + SIGKILL, SIGKILL);
            return copy;
        }
        default: {
            auto copy = until_end(answer, when);
            tape::add_exit(copy, when, 1, 0);
            return copy;
        }
    }
}

Answer response_with(const Answer& answer, FaultKind kind) {
    const auto& [after, event] = *response_of(answer);
    const auto headers = event.pairs("headers");
    auto copy = answer;
    copy.arrivals.clear();
    const auto respond = [&](int status, const std::string& body, std::optional<std::string> error = {}) {
        copy.arrivals.push_back(
            {after, tape::made_response(answer.asked.where(), status, headers, body, error)});
    };
    const auto status = static_cast<int>(event.number("status"));
    if (kind == FaultKind::refused) respond(0, {}, "Connection refused");
    if (kind == FaultKind::status) respond(500, event.text_if_any("body"));
    if (kind == FaultKind::empty) respond(status, {});
    if (kind == FaultKind::late) copy.arrivals.push_back({after + std::chrono::hours(1), event});
    return copy;
}

/// The lines that there are, in their order.
std::string text_of_lines(const Answer& answer) {
    std::string text;
    for (const auto& [after, event] : answer.arrivals) text += event.text_if_any("text");
    return text;
}

Answer lines_with(const Answer& answer, FaultKind kind) {
    auto copy = answer;
    copy.arrivals.clear();
    std::string lines;
    if (kind == FaultKind::cut) {
        const auto all = text_of_lines(answer);
        const auto count = std::ranges::count(all, '\n');
        std::size_t end = 0;
        for (auto i = count / 2; i > 0; --i) end = all.find('\n', end) + 1;
        lines = all.substr(0, end);
    }
    const auto after = answer.arrivals.empty() ? Duration() : answer.arrivals.front().after;
    tape::add_lines(copy, after, lines, true);
    return copy;
}

}  // namespace

const FaultKindName& name_of(FaultKind kind) noexcept {
    static constexpr std::array<FaultKindName, 11> names{{
        {"exit", "exits with 1"},
        {"killed", "is killed by SIGKILL"},
        {"silent", "prints nothing"},
        {"never", "never ends"},
        {"refused", "is refused"},
        {"status", "gets the status 500"},
        {"empty", "gets an empty body"},
        {"late", "gets its response after an hour"},
        {"cut", "gets half of the lines"},
        {"signal", {}},
        {"order", {}},
    }};
    return names[static_cast<std::size_t>(kind)];
}

std::vector<FaultKind> faults_for(const Answer& answer, bool probe) {
    const auto& asked = answer.asked;
    if (probe) return {FaultKind::never};
    if (asked.has("error")) return {};
    if (asked.is("start")) {
        const auto* end = own_exit(answer);
        std::vector<FaultKind> kinds;
        // What has failed anyway can hardly fail otherwise.
        if (end == nullptr || end->event.number("status") == 0) kinds = {FaultKind::exit, FaultKind::killed};
        if (end != nullptr) kinds.push_back(FaultKind::never);
        if (has_output(answer)) kinds.push_back(FaultKind::silent);
        return kinds;
    }
    if (asked.is("request")) {
        const auto* response = response_of(answer);
        if (response == nullptr || response->event.has("error")) return {};
        std::vector<FaultKind> kinds{FaultKind::refused, FaultKind::late};
        if (response->event.number("status") != 500) kinds.push_back(FaultKind::status);
        if (!response->event.text_if_any("body").empty()) kinds.push_back(FaultKind::empty);
        return kinds;
    }
    if (asked.is("lines")) {
        const auto lines = std::ranges::count(text_of_lines(answer), '\n');
        if (lines == 0) return {};
        return lines > 1 ? std::vector{FaultKind::empty, FaultKind::cut} : std::vector{FaultKind::empty};
    }
    return {};
}

Answer with_fault(const Answer& answer, FaultKind kind) {
    if (answer.asked.is("start")) return child_with(answer, kind);
    if (answer.asked.is("request")) return response_with(answer, kind);
    return lines_with(answer, kind);
}

namespace {

bool is_success(const Answer& answer) {
    const auto& asked = answer.asked;
    if (asked.has("error")) return false;
    if (asked.is("file")) return asked.number("errno") == 0;
    if (asked.is("start")) {
        const auto* end = own_exit(answer);
        return end != nullptr && end->event.number("status") == 0;
    }
    if (asked.is("connect")) {
        const auto* done = find(answer, "done");
        return done != nullptr && !done->event.has("problem") && !done->event.has("error");
    }
    const auto* response = response_of(answer);
    return response != nullptr && !response->event.has("error") && response->event.number("status") < 300;
}

}  // namespace

Answer without_end(const Answer& answer, bool for_success) {
    const auto& asked = answer.asked;
    auto copy = answer;
    if (is_success(answer) != for_success) return copy;
    if (asked.is("connect"))
        return tape::made_connection(
            asked.where(), for_success ? std::optional<std::string>("Connection refused") : std::nullopt);
    if (asked.is("file"))
        return tape::made_look(asked.where(), asked.text("file"),
                               for_success ? std::nullopt : std::optional<std::size_t>(0));
    copy.arrivals.clear();
    if (asked.is("start")) {
        const auto* end = own_exit(answer);
        tape::add_exit(copy, end != nullptr ? end->after : Duration(), for_success ? 1 : 0, 0);
    } else {
        const auto* response = response_of(answer);
        copy.asked = tape::made_request(asked.where()).asked;
        copy.arrivals.push_back(
            {response != nullptr ? response->after : Duration(),
             tape::made_response(asked.where(), for_success ? 503 : 200, {}, {}, std::nullopt)});
    }
    return copy;
}

}  // namespace arun::app
