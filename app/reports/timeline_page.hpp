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

/// Shortens the output that the record has of jobs. Of more than 200,000 jobs the first ones are shown.
void timeline_html(const RunRecord& run, const TextSink& out);

}  // namespace arun::app
