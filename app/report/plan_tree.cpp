#include "report/plan_tree.hpp"

#include "jobs/engine.hpp"
#include "jobs/scope.hpp"
#include "plan/kind.hpp"

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>

namespace arun::app {

using jobs::Failure;
using jobs::Outcome;
using jobs::Scope;
using Json = nlohmann::ordered_json;

namespace {

/// The jobs from the script's top down to the one of `scope`.
std::vector<const plan::Job*> path_of(const Scope& scope) {
    std::vector<const plan::Job*> path;
    for (const auto* s = &scope; s != nullptr && s->job() != nullptr; s = s->parent())
        path.push_back(s->job());
    // A background job is no longer inside of what started it, but it stands there.
    if (const auto* run = scope.background())
        for (const auto& step : (*run)->chain) path.push_back(step.job);
    std::reverse(path.begin(), path.end());
    return path;
}

bool is_background(const plan::Job& job) {
    return job.modifiers != nullptr && job.modifiers->background;
}

/// The failure began as the timeout of this very job.
bool is_own_timeout(const Failure* failure, const plan::Job& job) {
    return failure != nullptr && failure->cause == jobs::Cause::timeout && !failure->chain.empty() &&
           failure->chain.front().job == &job;
}

std::string remark_of(const PlanNode& node) {
    std::string text;
    const auto add = [&](std::string_view part) { text.append(text.empty() ? "  (" : ", ").append(part); };
    if (node.background) add("background");
    if (node.runs == 0) add("skipped");
    if (node.runs > 0 && node.skipped > 0) add("skipped " + std::to_string(node.skipped) + " times");
    if (node.timed_out) add("times out");
    if (node.failed && !node.timed_out) add("fails");
    if (node.cancelled) add("cancelled");
    return text.empty() ? text : text + ")";
}

struct Row {
    std::string start, end, job;
};

/// Where the run was cut short, nobody knows when what was running then would have ended.
bool has_end(const PlanNode& node, bool complete) {
    return node.runs > 0 && node.open == 0 && (complete || !node.cancelled);
}

void add_rows(const PlanNode& node, bool complete, std::size_t depth, std::vector<Row>& rows) {
    Row row;
    row.start = node.runs > 0 ? format_duration(node.start) : "-";
    row.end = node.runs == 0 ? "-" : has_end(node, complete) ? format_duration(node.end) : "?";
    row.job = std::string(depth * 2, ' ') + node.label;
    if (node.runs > 1) row.job += "  x" + std::to_string(node.runs);
    row.job += remark_of(node);
    rows.push_back(std::move(row));
    for (const auto& child : node.children) add_rows(*child, complete, depth + 1, rows);
}

Json seconds_or_null(bool known, Duration time) {
    return known ? Json(to_seconds(time)) : Json();
}

Json json_of(const PlanNode& node, bool complete) {
    Json json;
    json["kind"] = node.job->kind->name();
    json["label"] = node.label;
    const auto& span = node.job->span;
    const auto at = span.source->position(span.begin);
    json["file"] = span.source->name();
    json["line"] = at.line;
    json["column"] = at.column;
    json["start"] = seconds_or_null(node.runs > 0, node.start);
    json["end"] = seconds_or_null(has_end(node, complete), node.end);
    json["runs"] = node.runs;
    json["skipped"] = node.skipped;
    json["background"] = node.background;
    json["outcome"] = node.timed_out   ? "timeout"
                      : node.failed    ? "failure"
                      : node.cancelled ? "cancelled"
                      : node.runs == 0 ? "skipped"
                      : node.open > 0  ? "unknown"
                                       : "success";
    json["jobs"] = Json::array();
    for (const auto& child : node.children) json["jobs"].push_back(json_of(*child, complete));
    return json;
}

void visit(const PlanNode& node, const std::function<void(const PlanNode&)>& f) {
    if (node.job != nullptr) f(node);
    for (const auto& child : node.children) visit(*child, f);
}

std::string pad(const std::string& text, std::size_t width) {
    return text + std::string(width > text.size() ? width - text.size() : 0, ' ');
}

}  // namespace

void PlanTree::script_started(const plan::Body& body) {
    scripts_.push_back(std::make_unique<Script>());
    scripts_.back()->name = body.name;
}

void PlanTree::script_finished(const plan::Body&, Outcome, Duration taken) {
    auto& script = *scripts_.back();
    script.end = taken;
    script.ended = true;
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
        const auto step = jobs::step_of(scope);
        node->label = step.named ? std::string(step.job->kind->name()) + " '" + step.label + "'" : step.label;
    }
    return *node;
}

void PlanTree::job_started(const Scope& scope) {
    auto& node = node_of(scope);
    if (node.runs++ == 0) node.start = scope.now();
    ++node.open;
}

void PlanTree::job_finished(const Scope& scope, Outcome outcome, const Failure* failure, Duration) {
    auto& node = node_of(scope);
    if (outcome == Outcome::skipped) {
        ++node.skipped;
        return;
    }
    --node.open;
    node.end = scope.now();
    node.failed = node.failed || outcome == Outcome::failure;
    node.cancelled = node.cancelled || outcome == Outcome::cancelled;
    node.timed_out = node.timed_out || is_own_timeout(failure, *scope.job());
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
        if (scripts_.size() > 1) out += (out.empty() ? "" : "\n") + script->name + ":\n";
        for (const auto& row : rows)
            out += pad(row.start, start) + "  " + pad(row.end, end) + "  " + row.job + '\n';
    }
    return out + "total: " + (complete ? format_duration(total()) : "?") + '\n';
}

std::string PlanTree::json(bool complete) const {
    Json report;
    report["total"] = seconds_or_null(complete, total());
    report["complete"] = complete;
    auto& list = report["scripts"] = Json::array();
    for (const auto& script : scripts_) {
        Json row;
        row["name"] = script->name;
        row["jobs"] = Json::array();
        for (const auto& node : script->root.children) row["jobs"].push_back(json_of(*node, complete));
        list.push_back(std::move(row));
    }
    auto& notes = report["warnings"] = Json::array();
    for (const auto& warning : warnings().sorted()) {
        const auto at = warning.span.source->position(warning.span.begin);
        Json row;
        row["file"] = warning.span.source->name();
        row["line"] = at.line;
        row["column"] = at.column;
        row["message"] = warning.message;
        notes.push_back(std::move(row));
    }
    return report.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

Diagnostics PlanTree::warnings() const {
    Diagnostics list;
    for (const auto& script : scripts_) {
        visit(script->root, [&](const PlanNode& node) {
            if (node.timed_out)
                list.warning(node.job->span, "'" + node.label + "' cannot end within its timeout");
        });
    }
    return list;
}

}  // namespace arun::app
