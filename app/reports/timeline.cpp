#include "reports/timeline.hpp"

#include "base/text.hpp"
#include "base/utf8.hpp"

#include <algorithm>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace arun::app {

using jobs::Outcome;

namespace {

struct Bar {
    std::string_view title;
    std::size_t depth = 0;
    const CaseRecord* record = nullptr;  ///< null for a script
    Duration start{};
    Duration duration{};
    bool started = false;
};

using BarVisitor = std::function<void(const Bar&)>;

void for_each_bar(const std::vector<std::unique_ptr<CaseRecord>>& cases, std::size_t depth,
                  const BarVisitor& f) {
    for (const auto& record : cases) {
        f({record->title, depth, record.get(), record->start, record->duration, record->started});
        for_each_bar(record->cases, depth + 1, f);
    }
}

void for_each_bar(const RunRecord& run, const BarVisitor& f) {
    for (const auto& script : run.scripts) {
        f({script.name, 0, nullptr, script.start, script.duration, script.started});
        for_each_bar(script.cases, 1, f);
    }
}

struct Size {
    std::size_t bars = 0;
    Duration length{1};
};

Size size_of(const RunRecord& run) {
    Size size;
    for_each_bar(run, [&](const Bar& bar) {
        ++size.bars;
        if (bar.started) size.length = std::max(size.length, bar.start + bar.duration);
    });
    return size;
}

/// At most `max_length` code points of `text`; sets `length` to their number.
std::string shortened(std::string_view text, std::size_t max_length, std::size_t& length) {
    std::string out;
    length = 0;
    while (!text.empty()) {
        const auto size = first_code_point(text).length;
        if (length == max_length) {
            while (!out.empty() && is_utf8_tail(out.back())) out.pop_back();
            if (!out.empty()) out.pop_back();
            out += '~';
            break;
        }
        out += text[0] == '\n' || text[0] == '\t' ? std::string(1, ' ') : std::string(text.substr(0, size));
        ++length;
        text.remove_prefix(size);
    }
    return out;
}

std::string_view state_of(const Bar& bar) {
    if (bar.record == nullptr) return "script";
    if (bar.record->outcome == Outcome::failure) return bar.record->allowed ? "allowed" : "failure";
    return name_of(bar.record->outcome);
}

std::string time_of(const Bar& bar) {
    if (!bar.started) return "-";
    char text[32];
    std::snprintf(text, sizeof text, "%.3fs", to_seconds(bar.duration));
    return text;
}

std::string remark_of(const Bar& bar) {
    const auto state = state_of(bar);
    return bar.record == nullptr || state == "success" ? std::string() : " " + std::string(state);
}

/// The smallest step of 1, 2 or 5 times a power of ten that divides `length` into at most ten parts.
double grid_step(double length) {
    double step = 1e-9;
    for (;;) {
        for (const double factor : {1.0, 2.0, 5.0})
            if (step * factor * 10 >= length) return step * factor;
        step *= 10;
    }
}

std::string number(double n) {
    char text[32];
    std::snprintf(text, sizeof text, "%.2f", n);
    return text;
}

constexpr std::string_view style =
    "text{font:12px sans-serif;fill:#222}.time{fill:#666}.grid{stroke:#ddd}"
    ".script{fill:#bbb}.success{fill:#4a9d5b}.failure{fill:#cc3d3d}.allowed{fill:#e0a030}"
    ".cancelled{fill:#8888aa}.skipped{fill:#ccc}";

/// Units: characters.
constexpr std::size_t widest_label = 36;

/// The title of a line of text, indented; sets `width` to the number of its code points.
std::string label_of(const Bar& bar, std::size_t& width) {
    const auto indent = std::min(bar.depth * 2, widest_label / 2);
    auto label = std::string(indent, ' ') + shortened(clean_text(bar.title), widest_label - indent, width);
    width += indent;
    return label;
}

/// What stands for the bar in a line of text that is `columns` wide.
std::string strokes_of(const Bar& bar, double length, std::size_t columns) {
    std::string line(columns, ' ');
    if (!bar.started) return line;
    const auto place = [&](Duration time) {
        return static_cast<std::size_t>(to_seconds(time) / length * static_cast<double>(columns) + 0.5);
    };
    const auto from = std::min(place(bar.start), columns - 1);
    const auto to = std::clamp(place(bar.start + bar.duration), from + 1, columns);
    const auto state = state_of(bar);
    const char mark = state == "script" ? '-' : state == "failure" ? 'x' : state == "cancelled" ? '/' : '#';
    return line.replace(from, to - from, to - from, mark);
}

}  // namespace

void timeline_text(const RunRecord& run, const TextSink& out) {
    constexpr std::size_t columns = 50;
    const auto length = to_seconds(size_of(run).length);
    std::size_t widest = 0;
    for_each_bar(run, [&](const Bar& bar) {
        std::size_t width = 0;
        label_of(bar, width);
        widest = std::max(widest, width);
    });
    for_each_bar(run, [&](const Bar& bar) {
        std::size_t width = 0;
        const auto label = label_of(bar, width);
        out(label + std::string(widest - width, ' ') + " |" + strokes_of(bar, length, columns) + "| " +
            time_of(bar) + remark_of(bar) + '\n');
    });
}

void timeline_svg(const RunRecord& run, const TextSink& out) {
    constexpr double row = 20, left = 260, width = 800, right = 160, top = 30;
    const auto size = size_of(run);
    const auto length = to_seconds(size.length);
    const auto x = [&](double seconds) { return left + seconds / length * width; };
    const double height = top + row * static_cast<double>(size.bars) + 10;
    out("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + number(left + width + right) + "\" height=\"" +
        number(height) + "\">\n<style>" + std::string(style) +
        "</style>\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");
    const auto step = grid_step(length);
    for (int i = 0; i * step <= length * 1.000001; ++i) {
        const auto at = number(x(i * step));
        out("<line class=\"grid\" x1=\"" + at + "\" x2=\"" + at + "\" y1=\"" + number(top - 6) + "\" y2=\"" +
            number(height) + "\"/><text class=\"time\" text-anchor=\"middle\" x=\"" + at + "\" y=\"16\">" +
            format_duration(Duration(static_cast<std::int64_t>(i * step * 1e9 + 0.5))) + "</text>\n");
    }
    double y = top;
    for_each_bar(run, [&](const Bar& bar) {
        const auto label = clean_text(bar.title);
        std::size_t ignored = 0;
        std::string text = "<g><title>" + xml_escaped(label) + ": " + time_of(bar) + remark_of(bar);
        if (bar.record != nullptr && bar.record->failure)
            text += "\n" + xml_escaped(clean_text(bar.record->failure->message));
        text += "</title><text x=\"" + number(8 + 12 * static_cast<double>(bar.depth)) + "\" y=\"" +
                number(y + 14) + "\">" +
                xml_escaped(shortened(label, 38 - std::min<std::size_t>(bar.depth * 2, 20), ignored)) +
                "</text>";
        const double from = bar.started ? x(to_seconds(bar.start)) : left;
        const double wide = bar.started ? std::max(to_seconds(bar.duration) / length * width, 1.5) : 0;
        if (bar.started)
            text += "<rect class=\"" + std::string(state_of(bar)) + "\" x=\"" + number(from) + "\" y=\"" +
                    number(y + 3) + "\" width=\"" + number(wide) + "\" height=\"14\" rx=\"2\"/>";
        out(text + "<text class=\"time\" x=\"" + number(from + wide + 5) + "\" y=\"" + number(y + 14) +
            "\">" + time_of(bar) + remark_of(bar) + "</text></g>\n");
        y += row;
    });
    out("</svg>\n");
}

}  // namespace arun::app
