/// Workflow commands and job summaries of GitHub Actions.
#pragma once

#include "base/diagnostic.hpp"
#include "console/secrets.hpp"
#include "reports/record.hpp"
#include "reports/text_sink.hpp"

#include <string>

namespace arun::app {

/// An annotation for each failure.
void github_report(const RunRecord& run, const TextSink& out);
/// An annotation for each diagnostic, with secrets masked.
std::string github_report(const Diagnostics& diagnostics, const Secrets& secrets);
/// The run as a page in Markdown, for the job summary.
void github_summary(const RunRecord& run, const TextSink& out);

}  // namespace arun::app
