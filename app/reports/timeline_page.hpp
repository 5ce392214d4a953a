/// --timeline FILE.html: the run as a page for browsers, in one file.
#pragma once

#include "reports/record.hpp"
#include "reports/text_sink.hpp"

#include <string_view>

namespace arun::app {

/// What the page is made of: app/reports/timeline/page.*, compiled in.
struct TimelinePage {
    std::string_view html;  ///< with @POLICY@, @STYLE@, @DATA@ and @SCRIPT@, in this order
    std::string_view css;
    std::string_view script;
    /// For the page's Content-Security-Policy.
    std::string_view css_hash;
    std::string_view script_hash;
};
extern const TimelinePage timeline_page;

/// Shows the end of each job's output, and at most the first 200,000 rows.
void timeline_html(const RunRecord& run, const TextSink& out);

}  // namespace arun::app
