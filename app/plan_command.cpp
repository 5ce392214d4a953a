#include "commands.hpp"
#include "jobs/session.hpp"
#include "report/plan_tree.hpp"
#include "scripts.hpp"

namespace arun::app {
namespace {

/// A script that never ends has an endless plan. So many steps are a day of ticks of a second, and take a
/// moment.
constexpr std::uint64_t max_steps = 500'000;

/// Jobs may print: nobody sees it.
class NoOutput final : public jobs::Output {
public:
    void write(jobs::Stream, std::string_view) noexcept override {}
    void flush() noexcept override {}
    int descriptor(jobs::Stream) const noexcept override { return -1; }
    bool broken() const noexcept override { return false; }
};

}  // namespace

int plan_command(const Options& options, Terminal& terminal) {
    Scripts scripts;
    load(scripts, options);
    if (scripts.diagnostics.has_errors()) {
        terminal.show(scripts.diagnostics);
        return exit_usage;
    }
    if (!options.quiet) terminal.show(scripts.diagnostics);

    auto session = options.session;
    session.max_steps = max_steps;
    session.planning = true;
    NoOutput output;
    PlanTree tree;
    const auto verdict = jobs::run_session(scripts.list, scripts.universe, session, output, tree);
    const bool complete = !verdict.stopped && verdict.internal.empty();
    if (options.json_report) return terminal.print(tree.json(complete));
    const int status = terminal.print(tree.text(complete));
    if (!options.quiet) terminal.show(tree.warnings());
    if (verdict.stopped)
        terminal.complain("the plan has no end in sight: it is shown as far as it was followed");
    if (!verdict.internal.empty()) terminal.complain(verdict.internal);
    return status;
}

}  // namespace arun::app
