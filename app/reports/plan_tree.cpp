#include "reports/plan_tree.hpp"

#include "base/text.hpp"
#include "jobs/blocked_jobs.hpp"
#include "jobs/scope.hpp"
#include "reports/json.hpp"
#include "reports/observers.hpp"
#include "script/kind.hpp"

#include <algorithm>
#include <functional>

namespace arun::app {

using jobs::Failure;
using jobs::Outcome;
using jobs::Scope;
using script::Value;

namespace {

bool is_background(const script::Job& job) {
    return job.modifiers() != nullptr && job.modifiers()->background;
}

/// True if the failure began as the timeout of `job` itself.
bool is_own_timeout(const Failure* failure, const script::Job& job) {
    return failure != nullptr && failure->cause == jobs::Cause::timeout && !failure->chain.empty() &&
           failure->chain.front().job == &job;
}

std::string remark_of(const PlanNode& node) {
    std::string text;
    const auto add = [&](std::string_view part) { text.append(text.empty() ? "  (" : ", ").append(part); };
    if (node.background) add("background");
    if (node.runs == 0) add("skipped");
    if (node.runs > 0 && node.skipped > 0)
        add("skipped " + std::to_string(node.skipped) + (node.skipped == 1 ? " time" : " times"));
    if (node.timed_out) add("times out");
    if (node.failed && !node.timed_out) add("fails");
    if (node.cancelled) add("cancelled");
    return text.empty() ? text : text + ")";
}

struct Row {
    std::string start, end, job;
};

std::string time_text(Duration time, bool is_minimum) {
    return format_duration(time) + (is_minimum ? "+" : "");
}

/// False if the end is unknown: the node has effects, or was cut short with the run.
bool has_end(const PlanNode& node, bool complete) {
    return node.runs > 0 && node.running == 0 && !node.unknown && (complete || !node.cancelled);
}

void add_rows(const PlanNode& node, bool complete, std::size_t depth, std::vector<Row>& rows) {
    Row row;
    row.start = node.runs > 0 ? time_text(node.start, node.start_is_minimum) : "-";
    row.end = node.runs == 0 ? "-" : has_end(node, complete) ? time_text(node.end, node.end_is_minimum) : "?";
    row.job = std::string(depth * 2, ' ') + node.label;
    if (node.runs > 1) row.job += "  x" + std::to_string(node.runs);
    row.job += remark_of(node);
    rows.push_back(std::move(row));
    for (const auto& child : node.children) add_rows(*child, complete, depth + 1, rows);
}

Value json_seconds_if(bool known, Duration time) {
    return known ? json_seconds(time) : Value();
}

std::string_view outcome_of(const PlanNode& node) {
    if (node.timed_out) return "timeout";
    if (node.failed) return "failure";
    if (node.cancelled) return "cancelled";
    if (node.runs == 0) return "skipped";
    return node.running > 0 || node.unknown ? "unknown" : "success";
}

void write_nodes(JsonWriter& json, const PlanNode& parent, bool complete) {
    json.key("jobs");
    json.begin_list();
    for (const auto& child : parent.children) {
        const auto& node = *child;
        json.begin_map();
        json.field("kind", node.job->kind()->name());
        json.field("label", node.label);
        json.place_fields(node.job->span().position());
        json.field("start", json_seconds_if(node.runs > 0, node.start));
        json.field("end", json_seconds_if(has_end(node, complete), node.end));
        json.field("exact", Value::boolean(!node.start_is_minimum && !node.end_is_minimum && !node.unknown));
        json.field("runs", json_number(node.runs));
        json.field("skipped", json_number(node.skipped));
        json.field("background", Value::boolean(node.background));
        json.field("outcome", outcome_of(node));
        write_nodes(json, node, complete);
        json.end_map();
    }
    json.end_list();
}

void visit(const PlanNode& node, const std::function<void(const PlanNode&)>& f) {
    if (node.job != nullptr) f(node);
    for (const auto& child : node.children) visit(*child, f);
}

void mask_labels(PlanNode& node, const Secrets& secrets) {
    node.label = secrets.redact(node.label);
    for (auto& child : node.children) mask_labels(*child, secrets);
}

std::string pad(const std::string& text, std::size_t width) {
    return text + std::string(width > text.size() ? width - text.size() : 0, ' ');
}

}  // namespace

void PlanTree::script_started(const script::Body& body) {
    scripts_.push_back(std::make_unique<Script>());
    scripts_.back()->name = body.name;
}

void PlanTree::script_finished(const script::Body&, Outcome, Duration taken) {
    scripts_.back()->end = taken;
}

PlanNode& PlanTree::node_of(const Scope& scope) {
    auto* node = &scripts_.back()->root;
    for (const auto* job : path_of(scope)) {
        auto& child = node->by_job[job];
        if (child == nullptr) {
            child = node->children.emplace_back(std::make_unique<PlanNode>()).get();
            child->job = job;
            child->background = is_background(*job);
        }
        node = child;
    }
    if (node->label.empty()) {
        auto step = jobs::step_of(scope);
        step.items.clear();  // one row stands for all rounds
        node->label = jobs::title_of(step);
    }
    return *node;
}

void PlanTree::job_started(const Scope& scope) {
    auto& node = node_of(scope);
    if (node.runs++ == 0) {
        node.start = scope.now();
        node.start_is_minimum = times_are_minimum_;
    }
    ++node.running;
}

void PlanTree::job_unknown(const Scope& scope) {
    node_of(scope).unknown = true;
    // The script does not wait for a background job.
    if (scope.background() == nullptr) times_are_minimum_ = true;
}

void PlanTree::job_finished(const Scope& scope, const jobs::JobResult& result) {
    const auto outcome = result.outcome;
    auto& node = node_of(scope);
    if (outcome == Outcome::skipped) {
        ++node.skipped;
        return;
    }
    --node.running;
    node.end = scope.now();
    node.end_is_minimum = times_are_minimum_;
    node.failed = node.failed || outcome == Outcome::failure;
    node.cancelled = node.cancelled || outcome == Outcome::cancelled;
    node.timed_out = node.timed_out || is_own_timeout(result.failure, *scope.job());
}

void PlanTree::mask(const Secrets& secrets) {
    for (auto& script : scripts_) {
        script->name = secrets.redact(script->name);
        mask_labels(script->root, secrets);
    }
}

Duration PlanTree::total() const {
    Duration sum{};
    for (const auto& script : scripts_) sum += script->end;
    return sum;
}

std::string PlanTree::text(bool complete) const {
    std::string out;
    for (const auto& script : scripts_) {
        std::vector<Row> rows{{"START", "END", "JOB"}};
        for (const auto& node : script->root.children) add_rows(*node, complete, 0, rows);
        std::size_t start = 0;
        std::size_t end = 0;
        for (const auto& row : rows) {
            start = std::max(start, row.start.size());
            end = std::max(end, row.end.size());
        }
        if (scripts_.size() > 1) out += (out.empty() ? "" : "\n") + one_line(script->name) + ":\n";
        for (const auto& row : rows)
            out += pad(row.start, start) + "  " + pad(row.end, end) + "  " + row.job + '\n';
    }
    return out + "total: " + (complete ? time_text(total(), times_are_minimum_) : "?") + '\n';
}

std::string PlanTree::json(bool complete) const {
    std::string text;
    const TextSink out = [&](std::string_view piece) { text += piece; };
    JsonWriter json(out);
    json.begin_map();
    json.field("total", json_seconds_if(complete, total()));
    json.field("exact", Value::boolean(!times_are_minimum_));
    json.field("complete", Value::boolean(complete));
    json.key("scripts");
    json.begin_list();
    for (const auto& script : scripts_) {
        json.begin_map();
        json.field("name", script->name);
        write_nodes(json, script->root, complete);
        json.end_map();
    }
    json.end_list();
    json.key("warnings");
    json.begin_list();
    for (const auto& warning : warnings().sorted()) {
        json.begin_map();
        json.place_fields(warning.span.position());
        json.field("message", warning.message);
        json.end_map();
    }
    json.end_list();
    json.end_map();
    json.finish();
    return text;
}

Diagnostics PlanTree::warnings() const {
    Diagnostics list;
    for (const auto& script : scripts_) {
        visit(script->root, [&](const PlanNode& node) {
            if (node.timed_out)
                list.warning(node.job->span(), "'" + node.label + "' cannot end within its timeout");
        });
    }
    return list;
}

}  // namespace arun::app
