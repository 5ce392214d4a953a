#include "reports/timeline.hpp"

#include "base/text.hpp"
#include "base/utf8.hpp"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <vector>

namespace arun::app {

using jobs::Outcome;

namespace {

using BarVisitor = std::function<void(const Bar&)>;

void for_each_bar(const std::vector<std::unique_ptr<CaseRecord>>& cases, std::size_t depth,
                  const BarVisitor& f) {
    for (const auto& record : cases) {
        const bool computed = record->detail && !record->detail->label.empty();
        f({computed ? record->detail->label : record->title, depth, record.get(), nullptr, record->start,
           record->duration, record->started});
        for_each_bar(record->cases, depth + 1, f);
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

/// Bidirectional controls: they would reorder the rest of the line.
constexpr bool is_direction(char32_t c) {
    return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0x200E || c == 0x200F;
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
        if (is_direction(first_code_point(text).value)) {
            out += "\uFFFD";
        } else {
            out += text[0] == '\n' || text[0] == '\t' ? " " : text.substr(0, size);
        }
        ++length;
        text.remove_prefix(size);
    }
    return out;
}

/// "1.25 s, failure, 3 attempts".
std::string remark_of(const Bar& bar) {
    std::string text = bar.started ? rounded_duration(bar.duration) : std::string();
    const auto add = [&](std::string_view more) { text.append(text.empty() ? "" : ", ").append(more); };
    const auto add_steps = [&](const StepList* steps, std::string_view what) {
        if (steps == nullptr) return;
        add(std::to_string(steps->total()) + ' ');
        text.append(what).append(steps->total() == 1 ? "" : "s");
    };
    add_steps(bar.attempts(), "attempt");
    add_steps(bar.rounds(), "round");
    const auto state = bar.state();
    if (state == "allowed" && bar.is_cut()) add("timeout");
    if (state != "script" && state != "success") add(state);
    if (state == "cancelled" && !bar.reason().empty()) text += ": " + clean_text(bar.reason());
    return text;
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
    "text{font:12px sans-serif;fill:#222}.page{fill:#fff}.time{fill:#666}.grid{stroke:#ddd}"
    ".script{fill:#bbb}.success{fill:#4a9d5b}.failure,.timeout{fill:#cc3d3d}.allowed{fill:#e0a030}"
    ".cancelled{fill:#8888aa}.skipped{fill:#ccc}.round{stroke:#fff;stroke-opacity:.8}.whole{opacity:.3}"
    "@media(prefers-color-scheme:dark){text{fill:#ddd}.page{fill:#16181c}.time{fill:#999}.grid{stroke:#333}"
    ".script{fill:#555}.round{stroke:#16181c}}";
/// Of interrupted bars.
constexpr std::string_view hatching =
    "<defs><pattern id=\"cut\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" "
    "patternTransform=\"rotate(45)\"><rect width=\"2.5\" height=\"6\" fill=\"#fff\" "
    "fill-opacity=\".45\"/></pattern></defs>\n";

/// Units: characters.
constexpr std::size_t widest_label = 36;

/// How a line of text is divided.
struct Columns {
    std::size_t label = widest_label;
    std::size_t bar = 50;
    std::size_t remark = std::string::npos;
};

/// The title of a line of text, indented; sets `width` to the number of its code points.
std::string label_of(const Bar& bar, std::size_t max_width, std::size_t& width) {
    const auto indent = std::min(bar.depth * 2, max_width / 2);
    auto label = std::string(indent, ' ') + shortened(clean_text(bar.title), max_width - indent, width);
    width += indent;
    return label;
}

char stroke_of(std::string_view state) {
    if (state == "script") return '-';
    if (state == "failure" || state == "timeout" || state == "allowed") return 'x';
    return state == "cancelled" ? '/' : '#';
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
    const auto fill = [&](Duration start, Duration end, char mark) {
        const auto first = std::clamp(place(start), from, to - 1);
        const auto last = std::clamp(place(end), first + 1, to);
        line.replace(first, last - first, last - first, mark);
    };
    fill(bar.start, bar.start + bar.duration, stroke_of(bar.state()));
    if (const auto* attempts = bar.attempts()) {
        fill(bar.start, bar.start + bar.duration, '.');
        for (const auto& step : attempts->steps())
            fill(step.start, step.end, stroke_of(jobs::name_of(step.outcome)));
    }
    if (const auto* rounds = bar.rounds()) {
        // Marks need room between them.
        const bool marked = rounds->is_complete() && rounds->total() * 2 <= to - from;
        for (const auto& step : rounds->steps()) {
            if (step.outcome != Outcome::success)
                fill(step.start, step.end, stroke_of(jobs::name_of(step.outcome)));
            const auto begin = place(step.start);
            if (marked && begin > from && begin < to) line[begin] = '|';
        }
    }
    if (bar.is_cut()) line[to - 1] = '/';
    return line;
}

/// The number of the colour, or empty.
std::string_view color_of(char stroke, std::string_view state) {
    if (stroke == '-' || stroke == '.') return "2";
    if (state == "allowed") return "33";
    if (stroke == 'x') return "31";
    if (stroke == '/') return state == "timeout" ? "31" : "35";
    return "32";
}

std::string colored(std::string_view strokes, std::string_view state) {
    std::string text;
    std::string_view last;
    for (const char c : strokes) {
        const auto color = c == ' ' ? std::string_view() : color_of(c, state);
        if (color != last) {
            if (!last.empty()) text += "\x1b[0m";
            if (!color.empty()) text.append("\x1b[").append(color).append("m");
            last = color;
        }
        text += c;
    }
    return last.empty() ? text : text + "\x1b[0m";
}

Columns fitted(const RunRecord& run, std::size_t columns) {
    Columns fit;
    if (columns != 0) fit.label = std::clamp<std::size_t>(columns / 3, 8, widest_label);
    std::size_t widest = 0;
    std::size_t remark = 0;
    for_each_bar(run, [&](const Bar& bar) {
        std::size_t width = 0;
        label_of(bar, fit.label, width);
        widest = std::max(widest, width);
        remark = std::max(remark, remark_of(bar).size());
    });
    fit.label = widest;
    if (columns == 0) return fit;
    // " |", "| "
    const auto room = columns - std::min(columns, fit.label + 4);
    fit.remark = std::min(remark, std::max<std::size_t>(room / 3, 8));
    fit.bar = std::max<std::size_t>(room - std::min(room, fit.remark), 8);
    return fit;
}

}  // namespace

std::string_view Bar::state() const {
    if (record == nullptr) return "script";
    if (record->outcome != Outcome::failure) return jobs::name_of(record->outcome);
    if (record->allowed) return "allowed";
    return is_cut() ? "timeout" : "failure";
}

bool Bar::is_cut() const {
    if (record == nullptr) return false;
    if (record->outcome == Outcome::cancelled) return true;
    return record->outcome == Outcome::failure && record->failure && record->failure->timeout &&
           record->failure->job.empty();
}

std::string_view Bar::reason() const {
    if (record == nullptr) return {};
    return record->detail && !record->detail->cut.empty() ? record->detail->cut : record->reason;
}

const StepList* Bar::attempts() const {
    if (record == nullptr || !record->detail || record->detail->attempts.empty()) return nullptr;
    return &record->detail->attempts;
}

const StepList* Bar::rounds() const {
    if (record == nullptr || !record->detail || record->detail->rounds.empty()) return nullptr;
    return &record->detail->rounds;
}

void for_each_bar(const RunRecord& run, const std::function<void(const Bar&)>& f) {
    for (const auto& script : run.scripts) {
        f({script.name, 0, nullptr, &script, script.start, script.duration, script.started});
        for_each_bar(script.cases, 1, f);
    }
}

void timeline_text(const RunRecord& run, const TextSink& out, const TextTimeline& how) {
    const auto length = to_seconds(size_of(run).length);
    const auto columns = fitted(run, how.columns);
    for_each_bar(run, [&](const Bar& bar) {
        std::size_t width = 0;
        auto line = label_of(bar, columns.label, width);
        line.append(columns.label - width, ' ');
        const auto strokes = strokes_of(bar, length, columns.bar);
        line += " |" + (how.colored ? colored(strokes, bar.state()) : strokes) + "| ";
        out(line + shortened(remark_of(bar), columns.remark, width) + '\n');
    });
}

namespace {

/// The coordinates of an SVG picture. Units: pixels.
class SvgPicture {
public:
    explicit SvgPicture(const RunRecord& run) : size_(size_of(run)), length_(to_seconds(size_.length)) {}

    void write(const RunRecord& run, const TextSink& out) const {
        const double height = top + row * static_cast<double>(size_.bars) + 10;
        out("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + number(left + width + right) +
            "\" height=\"" + number(height) + "\">\n<style>" + std::string(style) + "</style>\n" +
            std::string(hatching) + "<rect class=\"page\" width=\"100%\" height=\"100%\"/>\n");
        const auto step = grid_step(length_);
        for (int i = 0; i * step <= length_ * 1.000001; ++i) {
            const auto at = number(left + i * step / length_ * width);
            out("<line class=\"grid\" x1=\"" + at + "\" x2=\"" + at + "\" y1=\"" + number(top - 6) +
                "\" y2=\"" + number(height) + "\"/><text class=\"time\" text-anchor=\"middle\" x=\"" + at +
                "\" y=\"16\">" + rounded_duration(Duration(static_cast<std::int64_t>(i * step * 1e9 + 0.5))) +
                "</text>\n");
        }
        double y = top;
        for_each_bar(run, [&](const Bar& bar) {
            out(bar_at(bar, y));
            y += row;
        });
        out("</svg>\n");
    }

private:
    static constexpr double row = 20, left = 260, width = 800, right = 300, top = 30;
    static constexpr std::size_t widest_remark = 50;  ///< units: characters

    double x(Duration time) const { return left + to_seconds(time) / length_ * width; }
    double width_of(Duration start, Duration end) const { return std::max(x(end) - x(start), 1.5); }

    std::string rect(std::string_view attributes, Duration start, Duration end, double y,
                     std::string_view inside = {}) const {
        std::string text = "<rect ";
        text.append(attributes);
        text += " x=\"" + number(x(start)) + "\" y=\"" + number(y + 3) + "\" width=\"" +
                number(width_of(start, end)) + "\" height=\"14\" rx=\"2\"";
        if (inside.empty()) return text + "/>";
        return text.append(">").append(inside).append("</rect>");
    }

    std::string step_at(const StepRecord& step, std::string_view what, double y) const {
        auto title = std::string(what) + ' ' + std::to_string(step.first);
        if (step.last != step.first) title += " to " + std::to_string(step.last);
        title +=
            ": " + rounded_duration(step.end - step.start) + ' ' + std::string(jobs::name_of(step.outcome));
        if (!step.text.empty()) title += "\n" + xml_escaped(clean_text(step.text));
        auto text = rect("class=\"" + std::string(jobs::name_of(step.outcome)) + '"', step.start, step.end, y,
                         "<title>" + title + "</title>");
        if (step.outcome == Outcome::cancelled) text += rect("fill=\"url(#cut)\"", step.start, step.end, y);
        return text;
    }

    std::string steps_of(const Bar& bar, double y) const {
        std::string text;
        if (const auto* attempts = bar.attempts())
            for (const auto& step : attempts->steps()) text += step_at(step, "attempt", y);
        const auto* rounds = bar.rounds();
        if (rounds == nullptr) return text;
        for (const auto& step : rounds->steps())
            if (step.outcome != Outcome::success) text += step_at(step, "round", y);
        // Marks need room between them.
        constexpr double gap = 3;
        if (!rounds->is_complete() || gap * static_cast<double>(rounds->total()) > x(bar.duration) - left)
            return text;
        std::string path;
        for (const auto& step : rounds->steps())
            if (step.start > bar.start) path += "M" + number(x(step.start)) + ' ' + number(y + 3) + "v14";
        return path.empty() ? text : text + "<path class=\"round\" d=\"" + path + "\"/>";
    }

    std::string bar_at(const Bar& bar, double y) const {
        const auto label = clean_text(bar.title);
        const auto remark = remark_of(bar);
        std::size_t ignored = 0;
        std::string text = "<g><title>" + xml_escaped(label) + ": " + xml_escaped(remark);
        if (bar.state() == "skipped" && !bar.reason().empty())
            text += ": " + xml_escaped(clean_text(bar.reason()));
        if (bar.record != nullptr && bar.record->failure)
            text += "\n" + xml_escaped(clean_text(bar.record->failure->message));
        text += "</title><text x=\"" + number(8 + 12 * static_cast<double>(bar.depth)) + "\" y=\"" +
                number(y + 14) + "\">" +
                xml_escaped(shortened(label, 38 - std::min<std::size_t>(bar.depth * 2, 20), ignored)) +
                "</text>";
        double end = left;
        if (bar.started) {
            const auto until = bar.start + bar.duration;
            const auto state = bar.state();
            const bool has_attempts = bar.attempts() != nullptr;
            text += rect("class=\"" + std::string(state) + (has_attempts ? " whole" : "") + '"', bar.start,
                         until, y);
            text += steps_of(bar, y);
            if (!has_attempts && bar.is_cut()) text += rect("fill=\"url(#cut)\"", bar.start, until, y);
            end = x(bar.start) + width_of(bar.start, until);
        }
        return text + "<text class=\"time\" x=\"" + number(end + 5) + "\" y=\"" + number(y + 14) + "\">" +
               xml_escaped(shortened(remark, widest_remark, ignored)) + "</text></g>\n";
    }

    Size size_;
    double length_;
};

}  // namespace

void timeline_svg(const RunRecord& run, const TextSink& out) {
    SvgPicture(run).write(run, out);
}

}  // namespace arun::app
