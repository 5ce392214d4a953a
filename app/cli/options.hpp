/// The command line, parsed and validated.
#pragma once

#include "cli/option_table.hpp"
#include "jobs/session.hpp"
#include "script/inputs.hpp"
#include "syntax/load.hpp"

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace arun::app {

/// In the order of the choices of --color and --progress.
enum class When : std::uint8_t { automatic, always, never };

/// In the order of the choices that `arun run` accepts for --report.
enum class ReportFormat : std::uint8_t { junit, tap, json, github };

struct ReportRequest {
    std::string name;  ///< the format as the user typed it
    ReportFormat format = ReportFormat::json;
    std::string file;  ///< empty: standard output
};

/// True if a report or log for `file` goes to standard output.
inline bool is_stdout(std::string_view file) noexcept {
    return file.empty() || file == "-";
}

struct Options {
    Command command = Command::run;
    bool command_given = false;
    std::vector<std::string> operands;  ///< without those that are variables
    std::vector<std::string> vars_files;
    std::optional<syntax::Format> format;
    jobs::SessionOptions session;
    std::vector<std::string> only;  ///< patterns for the jobs at the top of the scripts, see select_jobs()
    std::vector<std::string> skip;
    std::optional<std::string> from;
    std::string script_template = "demo";  ///< of `arun init`
    bool strict = false;                   ///< warnings are errors
    bool quiet = false;
    bool verbose = false;
    bool exit_code = false;
    std::vector<ReportRequest> reports;
    std::optional<std::string> events;
    std::optional<std::string> trace;
    std::vector<std::string> timelines;
    std::optional<std::string> record;
    bool record_secrets = false;
    std::string_view program_version;   ///< for the tape
    std::optional<double> speed;        ///< of a replay; none: no time passes
    std::optional<Duration> from_time;  ///< where a replay begins to be shown
    std::optional<Duration> until;      ///< where a replay stops
    std::vector<std::string> live;      ///< kinds of a replay that ask the real world
    bool step = false;                  ///< a replay stops at each event
    std::vector<std::pair<std::string, std::uint32_t>> breakpoints;  ///< files and lines where one stops
    bool update = false;                                             ///< of snapshots
    bool pairs = false;                                              ///< of faults
    std::optional<std::uint64_t> limit;                              ///< of the runs with faults
    std::optional<std::string> fault;                                ///< the only one
    std::vector<std::string> allow;                                  ///< patterns for faults
    When color = When::automatic;
    When progress = When::automatic;
    bool help = false;
    bool version = false;

    /// True if a report or log takes standard output, so that job output has to go elsewhere.
    bool takes_stdout() const noexcept;
};

/// The command line is invalid: exit status 2.
class UsageError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Whether a timeline of that name is a page; otherwise it is a picture, or text.
bool is_timeline_page(std::string_view path) noexcept;

/// The two parts of "FILE:LINE", if it is that.
std::optional<std::pair<std::string, std::uint32_t>> place_in(const std::string& text);

/// What is wrong with the name of a variable, or empty.
std::string variable_name_error(std::string_view name);

/// The variable of "NAME=VALUE". Throws UsageError if no variable can have that name.
script::GivenVariable read_variable(const std::string& text);

/// Throws UsageError. Values are not validated if --help or --version is given.
Options parse_options(int argc, const char* const* argv);

}  // namespace arun::app
