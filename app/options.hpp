/// What the user asked for.
#pragma once

#include "doc/load.hpp"
#include "jobs/session.hpp"
#include "option_table.hpp"

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace arun::app {

enum class When : std::uint8_t { automatic, always, never };

struct Options {
    Command command = Command::run;
    std::vector<std::string> operands;
    std::optional<doc::Format> format;
    jobs::SessionOptions session;
    bool quiet = false;
    bool verbose = false;
    bool exit_code = false;
    bool json_report = false;
    When color = When::automatic;
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
