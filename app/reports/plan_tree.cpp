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

Value json_of_children(const PlanNode& node, bool complete);

Value json_of(const PlanNode& node, bool complete) {
    JsonFields row;
    row.emplace_back("kind", json_text(node.job->kind()->name()));
    row.emplace_back("label", json_text(node.label));
    add_place(row, node.job->span().position());
    row.emplace_back("start", json_seconds_if(node.runs > 0, node.start));
    row.emplace_back("end", json_seconds_if(has_end(node, complete), node.end));
    row.emplace_back("exact",
                     Value::boolean(!node.start_is_minimum && !node.end_is_minimum && !node.unknown));
    row.emplace_back("runs", json_number(node.runs));
    row.emplace_back("skipped", json_number(node.skipped));
    row.emplace_back("background", Value::boolean(node.background));
    row.emplace_back("outcome", json_text(outcome_of(node)));
    row.emplace_back("jobs", json_of_children(node, complete));
    return Value::map(std::move(row));
}

Value json_of_children(const PlanNode& node, bool complete) {
    std::vector<Value> jobs;
    for (const auto& child : node.children) jobs.push_back(json_of(*child, complete));
    return Value::list(std::move(jobs));
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
    std::vector<Value> scripts;
    for (const auto& script : scripts_) {
        JsonFields row;
        row.emplace_back("name", json_text(script->name));
        row.emplace_back("jobs", json_of_children(script->root, complete));
        scripts.push_back(Value::map(std::move(row)));
    }
    std::vector<Value> notes;
    for (const auto& warning : warnings().sorted()) {
        JsonFields row;
        add_place(row, warning.span.position());
        row.emplace_back("message", json_text(warning.message));
        notes.push_back(Value::map(std::move(row)));
    }
    JsonFields report;
    report.emplace_back("total", json_seconds_if(complete, total()));
    report.emplace_back("exact", Value::boolean(!times_are_minimum_));
    report.emplace_back("complete", Value::boolean(complete));
    report.emplace_back("scripts", Value::list(std::move(scripts)));
    report.emplace_back("warnings", Value::list(std::move(notes)));
    return json_document(std::move(report));
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
