#include "commands/commands.hpp"
#include "commands/scripts.hpp"
#include "jobs/session.hpp"
#include "reports/plan_tree.hpp"

#include <algorithm>

namespace arun::app {
namespace {

/// A script that never ends has an endless plan. So many steps are a day of ticks of a second, and take a
/// moment.
constexpr std::uint64_t max_steps = 500'000;

/// Jobs may print: nobody sees it.
class NoOutput final : public jobs::Output {
public:
    /// What is to be hidden is hidden in `shown`.
    explicit NoOutput(jobs::Output& shown) : shown_(shown) {}
    void write(jobs::Stream, std::string_view, std::string_view) noexcept override {}
    void flush() noexcept override {}
    int descriptor(jobs::Stream) const noexcept override { return -1; }
    bool broken() const noexcept override { return false; }
    void hide(std::string_view secret) override { shown_.hide(secret); }

private:
    jobs::Output& shown_;
};

}  // namespace

int plan_command(const Options& options, Terminal& terminal) {
    Scripts scripts;
    load(scripts, options, terminal.output());
    if (scripts.diagnostics.has_errors()) {
        terminal.show(scripts.diagnostics);
        return exit_usage;
    }
    if (!options.quiet) terminal.show(scripts.diagnostics);

    auto session = options.session;
    session.max_steps = max_steps;
    session.planning = true;
    NoOutput output(terminal.output());
    PlanTree tree;
    const auto run_result = jobs::run_session(scripts.list, scripts.compilation, session, output, tree);
    const bool complete = !run_result.stopped && run_result.internal.empty();
    tree.mask(terminal.output().secrets());
    int status = 0;
    for (const auto& report : options.reports)
        status = std::max(status, terminal.deliver("--report", report.file, tree.json(complete)));
    if (options.takes_stdout()) return status;
    status = std::max(status, terminal.print(tree.text(complete)));
    if (!options.quiet) terminal.show(tree.warnings());
    if (run_result.stopped)
        terminal.complain("the plan has no end in sight: it is shown as far as it was followed");
    if (!run_result.internal.empty()) terminal.complain(run_result.internal);
    return status;
}

}  // namespace arun::app
