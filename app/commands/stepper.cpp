#include "commands/stepper.hpp"

#include "base/text.hpp"
#include "jobs/blocked_jobs.hpp"
#include "rt/context.hpp"
#include "rt/task.hpp"
#include "script/names.hpp"
#include "script/value.hpp"

#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>

namespace arun::app {
namespace {

constexpr std::string_view help =
    "  (empty)      the next event, or n\n"
    "  c            go on, to the next --break\n"
    "  b FILE:LINE  stop before the job in that line\n"
    "  w            what waits\n"
    "  v            the variables\n"
    "  t            the next timer\n"
    "  q            quit";

/// What happens, on one line.
std::string describe(const tape::Event& event) {
    std::string text = event.where() + ": ";
    std::string rest;
    for (const auto& [key, value] : event.value().entries()) {
        if (key == "at" || key == "ns") continue;
        std::string json;
        script::append_json(json, value);
        rest += (rest.empty() ? "" : " ") + key + '=' + excerpt(json, 60);
    }
    return text + rest;
}

}  // namespace

bool Stepper::event(const tape::Event& event, Duration time) {
    if (!steps_ || quit_ || !active_) return true;
    terminal_.output().flush();
    say('[' + format_duration(time) + "] " + describe(event));
    return ask();
}

void Stepper::job_started(const jobs::Scope& scope) {
    if (quit_ || !active_) return;
    const auto place = scope.job()->span().position();
    const auto found = std::ranges::find_if(places_, [&](const auto& one) {
        return one.second == place.line && (place.file == one.first || place.file.ends_with('/' + one.first));
    });
    if (found == places_.end()) return;
    met_.insert(*found);
    terminal_.output().flush();
    say('[' + format_duration(scope.now()) + "] " + jobs::describe(jobs::step_of(scope)));
    at_ = &scope;
    const bool goes_on = ask();
    at_ = nullptr;
    if (!goes_on && when_quit) when_quit();
}

std::vector<std::string> Stepper::missed() const {
    std::vector<std::string> missed;
    for (const auto& place : places_)
        if (!met_.contains(place) && !quit_)
            missed.push_back(place.first + ':' + std::to_string(place.second));
    return missed;
}

bool Stepper::ask() {
    for (;;) {
        if (input_ended_) return true;
        terminal_.output().say("> ");
        std::array<char, 4096> block{};
        std::size_t end = input_.find('\n');
        while (end == input_.npos) {
            const auto size = ::read(STDIN_FILENO, block.data(), block.size());
            if (size < 0 && errno == EINTR) continue;
            if (size <= 0) break;
            input_.append(block.data(), static_cast<std::size_t>(size));
            end = input_.find('\n');
        }
        if (end == input_.npos && input_.empty()) {
            // The end of input: goes on without stopping.
            say("");
            input_ended_ = true;
            steps_ = false;
            active_ = false;
            return true;
        }
        const std::string command(trim(std::string_view(input_).substr(0, end)));
        input_.erase(0, end == input_.npos ? end : end + 1);
        if (::isatty(STDIN_FILENO) != 1) say(command);
        if (obey(command)) return !quit_;
    }
}

/// Returns true if the replay goes on, or ends.
bool Stepper::obey(std::string_view command) {
    if (command.empty() || command == "n") {
        steps_ = true;
        return true;
    }
    if (command == "c") {
        steps_ = false;
        return true;
    }
    if (command == "q") {
        quit_ = true;
        return true;
    }
    if (command == "w") {
        show_waiting();
    } else if (command == "v") {
        show_variables();
    } else if (command == "t") {
        const auto next =
            engine_ != nullptr && engine_->loop != nullptr ? engine_->loop->next_timer() : Duration::max();
        say(next == Duration::max() ? std::string("  none") : "  at " + format_duration(next));
    } else if (command.starts_with("b ")) {
        if (auto place = place_in(std::string(trim(command.substr(2))))) {
            places_.push_back(*std::move(place));
        } else {
            say("  expected FILE:LINE");
        }
    } else {
        say(std::string(help));
    }
    return false;
}

void Stepper::show_waiting() {
    if (engine_ == nullptr || engine_->loop == nullptr) return;
    for (const auto& line : jobs::describe_blocked_jobs(*engine_->loop)) say("  " + line);
}

void Stepper::show_variables() {
    if (engine_ == nullptr || engine_->loop == nullptr) return;
    const auto show_one = [&](const std::string& name, const script::Value& value) {
        std::string json;
        script::append_json(json, value);
        say("  " + name + " = " + excerpt(terminal_.output().masked(json), 200));
    };
    const auto show = [&] {
        std::set<std::string_view> bound;
        // What belongs to a place hides the variables.
        for (const auto* binding = at_ != nullptr ? at_->bindings() : nullptr; binding != nullptr;
             binding = binding->next)
            if (binding->value != nullptr && bound.insert(binding->symbol->name).second)
                show_one(binding->symbol->name, *binding->value);
        if (at_ != nullptr && at_->round() > 0) say("  loop.index = " + std::to_string(at_->round()));
        for (const auto& symbol : engine_->symbols.all()) {
            const auto* value = symbol.variable.get_if();
            if (value != nullptr && !bound.contains(symbol.name)) show_one(symbol.name, *value);
        }
    };
    if (Loop::running() != nullptr && detail::running.task != nullptr) return show();
    // Those that the first of the jobs sees.
    TaskBase* first = nullptr;
    engine_->loop->for_each_task([&](TaskBase& task) {
        if (first == nullptr && task.user != nullptr) first = &task;
    });
    if (first == nullptr) return;
    const ContextSlotScope in(first->context_slot());
    show();
}

}  // namespace arun::app
