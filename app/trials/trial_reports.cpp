#include "trials/trial_reports.hpp"

#include "reports/github.hpp"
#include "reports/json.hpp"
#include "reports/junit.hpp"
#include "reports/tap.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace arun::app {

bool write_trial_reports(const RunRecord& record, const Options& options, Terminal& terminal) {
    bool ok = true;
    for (const auto& report : options.reports) {
        // In the order of ReportFormat.
        static constexpr void (*formats[])(const RunRecord&, const TextSink&) = {
            &junit_report, &tap_report, &json_report, &github_report};
        std::string text;
        formats[static_cast<std::size_t>(report.format)](record,
                                                         [&](std::string_view piece) { text += piece; });
        ok = terminal.deliver("--report", report.file, text) == 0 && ok;
    }
    return ok;
}

}  // namespace arun::app
