/// --timeline: a bar for each job, from its start to its end, with its attempts and rounds. timeline_page.hpp
/// has the form for browsers.
#pragma once

#include "reports/record.hpp"
#include "reports/text_sink.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace arun::app {

/// As an SVG picture.
void timeline_svg(const RunRecord& run, const TextSink& out);

struct TextTimeline {
    std::size_t columns = 0;  ///< of the terminal; 0: no terminal
    bool colored = false;
};
/// For a terminal, in ASCII.
void timeline_text(const RunRecord& run, const TextSink& out, const TextTimeline& how = {});

/// A row of a timeline.
struct Bar {
    std::string_view title;
    std::size_t depth = 0;
    const CaseRecord* record = nullptr;  ///< null for a script
    const ScriptRecord* script = nullptr;
    Duration start{};
    Duration duration{};
    bool started = false;

    /// "script", "success", "failure", "timeout", "allowed", "cancelled" or "skipped".
    std::string_view state() const;
    /// True if it was cancelled, or its time limit has passed.
    bool is_cut() const;
    /// Why it was cut or skipped, or empty.
    std::string_view reason() const;
    /// The steps inside of it; null for a script and if there are none.
    const StepList* attempts() const;
    const StepList* rounds() const;
};

void for_each_bar(const RunRecord& run, const std::function<void(const Bar&)>& f);

}  // namespace arun::app
