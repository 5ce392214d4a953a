#include "trials/trial_reports.hpp"

#include "commands/run_reports.hpp"

#include <string>
#include <string_view>

namespace arun::app {

TrialReports::TrialReports(const Options& options) {
    for (const auto& report : options.reports) {
        auto& target = targets_.emplace_back(Target{report.format, std::nullopt});
        if (!is_stdout(report.file)) target.file.emplace("--report", report.file);
    }
}

bool TrialReports::write(RunRecord& record, Terminal& terminal) const {
    redact(record, terminal.output().secrets());
    bool ok = true;
    for (const auto& target : targets_) {
        std::string text;
        writer_of(target.format)(record, [&](std::string_view piece) { text += piece; });
        if (target.file) {
            ok = terminal.check_written(target.file->path(), target.file->write(text)) && ok;
        } else {
            ok = terminal.print(text) == 0 && ok;
        }
    }
    return ok;
}

}  // namespace arun::app
