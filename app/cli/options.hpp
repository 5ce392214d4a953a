/// What the user asked for.
#pragma once

#include "cli/option_table.hpp"
#include "jobs/session.hpp"
#include "syntax/load.hpp"

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace arun::app {

enum class When : std::uint8_t { automatic, always, never };

/// In the order of the words of --report.
enum class ReportFormat : std::uint8_t { junit, tap, json, github };

struct ReportRequest {
    std::string word;  ///< the format as it was asked for
    ReportFormat format = ReportFormat::json;
    std::string file;  ///< empty: standard output
};

/// What is written there takes standard output for itself.
inline bool is_stdout(std::string_view file) noexcept {
    return file.empty() || file == "-";
}

struct Options {
    Command command = Command::run;
    std::vector<std::string> operands;
    std::optional<syntax::Format> format;
    jobs::SessionOptions session;
    bool quiet = false;
    bool verbose = false;
    bool exit_code = false;
    std::vector<ReportRequest> reports;
    std::optional<std::string> events;
    std::optional<std::string> trace;
    std::optional<std::string> timeline;
    When color = When::automatic;
    When progress = When::automatic;
    /// Something else than job output is to go there.
    bool takes_stdout() const noexcept;
    bool help = false;
    bool version = false;
};

/// The command line cannot be understood; exit status 2.
class UsageError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Throws UsageError.
Options parse_options(int argc, const char* const* argv);

}  // namespace arun::app
