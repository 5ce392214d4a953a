/// The formats of reports: each makes a text of a run that has ended.
#pragma once

#include "base/diagnostic.hpp"
#include "base/text.hpp"
#include "report/record.hpp"
#include "secrets.hpp"

#include <string>
#include <string_view>

namespace arun::app {

/// JUnit's XML, as Jenkins, GitLab and others read it: a test suite for each script, a test case for each
/// case.
std::string junit_report(const RunRecord& run);
/// TAP, versions 13 and 14.
std::string tap_report(const RunRecord& run);
/// Everything, as data; arun(1) describes it.
std::string json_report(const RunRecord& run);
/// Workflow commands of GitHub Actions: an annotation for each failure.
std::string github_report(const RunRecord& run);
/// The same run for people who look at the workflow's page, in Markdown.
std::string github_summary(const RunRecord& run);
/// Annotations for what is wrong with scripts.
std::string github_report(const Diagnostics& diagnostics, const Secrets& secrets);

/// Text that is no UTF-8, or has controls that XML and terminals do not take, with U+FFFD for each. Newlines
/// and tabs stay.
std::string clean_text(std::string_view text);

/// "3 passed, 1 failed, 2 skipped": what there is none of is left out.
std::string summary_of(const Totals& totals);

}  // namespace arun::app
